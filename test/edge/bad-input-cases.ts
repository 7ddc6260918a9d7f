/**
 * Everything that a client can do wrong once it is connected, and the one answer that it gets.
 */
import type { RawClient } from '../fakes/raw-client.ts';

export const START = { type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000 };
/** 100 ms of sound. */
export const FRAME = new Uint8Array(3_200).fill(1);

export interface Case {
  readonly what: string;
  /** What the client does wrong, once it is connected. */
  readonly does: (client: RawClient) => void;
  readonly close: number;
  readonly code: string;
  /** What the error's sentence names. */
  readonly says: RegExp;
  /** Whether the session has been started before. */
  readonly started?: false;
}

export const CASES: readonly Case[] = [
  {
    what: 'no start in time',
    started: false,
    does: () => undefined,
    close: 4014,
    code: 'start_timeout',
    says: /no start .* 300 ms/,
  },
  {
    what: 'audio before start',
    started: false,
    does: (c) => c.send(FRAME),
    close: 4501,
    code: 'bad_message',
    says: /audio came before ready, expected start/,
  },
  {
    what: 'base64 audio before start',
    started: false,
    does: (c) => c.say({ type: 'audio', content: 'AAAA' }),
    close: 4501,
    code: 'bad_message',
    says: /audio came before ready/,
  },
  {
    what: 'a marker before start',
    started: false,
    does: (c) => c.say({ type: 'finish' }),
    close: 4501,
    code: 'bad_message',
    says: /finish came before ready/,
  },
  {
    what: 'a second start',
    does: (c) => c.say(START),
    close: 4501,
    code: 'bad_message',
    says: /second start/,
  },
  {
    what: 'text that is no JSON',
    does: (c) => c.say('{"type":'),
    close: 4501,
    code: 'bad_message',
    says: /not JSON/,
  },
  {
    what: 'JSON that is no object',
    does: (c) => c.say('[1]'),
    close: 4501,
    code: 'bad_message',
    says: /no object/,
  },
  {
    what: 'an unknown type',
    does: (c) => c.say({ type: 'begin' }),
    close: 4501,
    code: 'bad_message',
    says: /type is 'begin', expected one of start/,
  },
  {
    what: 'a wrong field type',
    does: (c) => c.say({ type: 'gap', ms: '5' }),
    close: 4501,
    code: 'bad_message',
    says: /gap\.ms is '5', expected a number/,
  },
  {
    what: 'an unknown field in start',
    started: false,
    does: (c) => c.say({ ...START, rate: 1 }),
    close: 4501,
    code: 'bad_config',
    says: /unknown field 'rate'/,
  },
  {
    what: 'start with half a resume',
    started: false,
    does: (c) => c.say({ ...START, resume: {} }),
    close: 4501,
    code: 'bad_config',
    says: /start.resume.token is absent, expected a string/,
  },
  {
    what: 'a reserved encoding',
    started: false,
    does: (c) => c.say({ ...START, encoding: 'FLAC' }),
    close: 4501,
    code: 'bad_config',
    says: /encoding is 'FLAC', expected LINEAR16 or MULAW/,
  },
  {
    what: 'a rate out of range',
    started: false,
    does: (c) => c.say({ ...START, sampleRateHertz: 96_000 }),
    close: 4501,
    code: 'bad_config',
    says: /sampleRateHertz is 96000, expected at most 48000/,
  },
  {
    what: 'a language that is not served',
    started: false,
    does: (c) => c.say({ ...START, language: 'xx' }),
    close: 4501,
    code: 'bad_config',
    says: /language is 'xx', expected en-US/,
  },
  {
    what: 'two channels',
    started: false,
    does: (c) => c.say({ ...START, channels: 2 }),
    close: 4501,
    code: 'bad_config',
    says: /channels is 2, expected 1/,
  },
  {
    what: 'base64 that is none',
    does: (c) => c.say({ type: 'audio', content: '*AAA' }),
    close: 4501,
    code: 'bad_audio',
    says: /no base64/,
  },
  {
    what: 'half a sample',
    does: (c) => c.send(new Uint8Array(3_201)),
    close: 4501,
    code: 'bad_audio',
    says: /3201 bytes, expected a multiple of 2/,
  },
  {
    what: 'an empty frame',
    does: (c) => c.send(new Uint8Array(0)),
    close: 4501,
    code: 'bad_audio',
    says: /empty/,
  },
  {
    what: 'a frame too long in ms',
    does: (c) => c.send(new Uint8Array(40_000)),
    close: 4501,
    code: 'frame_too_large',
    says: /1250 ms long, expected at most 1000 ms/,
  },
  {
    what: 'a frame too large in bytes',
    does: (c) => c.send(new Uint8Array(70_000)),
    close: 4501,
    code: 'frame_too_large',
    says: /70000 bytes long, expected at most 65536/,
  },
  {
    what: 'a text too large',
    does: (c) => c.say({ type: 'keepalive', pad: 'x'.repeat(100_000) }),
    close: 4501,
    code: 'frame_too_large',
    says: /expected at most 98304 bytes/,
  },
  {
    what: 'audio after finish',
    does: (c) => {
      c.send(FRAME);
      c.say({ type: 'finish' });
      c.send(FRAME);
    },
    close: 4501,
    code: 'bad_message',
    says: /audio came after finish/,
  },
  {
    what: '10 s of audio past the window',
    does: (c) => {
      for (let n = 0; n < 160; n++) c.send(FRAME);
    },
    close: 4013,
    code: 'too_fast',
    says: /beyond the window/,
  },
];
