/**
 * Messages that are malformed in every way that we could think of, and the one answer to each.
 */
import type { RawClient } from '../fakes/raw-client.ts';
import type { Case } from './bad-input-cases.ts';
import { START } from './bad-input-cases.ts';

type Row = readonly [what: string, sends: object | string, says: RegExp];

/** As the first message: a start that nobody can serve. */
const STARTS: readonly Row[] = [
  ['without encoding', { encoding: undefined }, /start.encoding is absent/],
  ['whose encoding is a number', { encoding: 16 }, /start.encoding is 16, expected LINEAR16/],
  [
    'whose encoding is in small letters',
    { encoding: 'linear16' },
    /is 'linear16', expected LINEAR16/,
  ],
  ['whose encoding is a list', { encoding: ['LINEAR16'] }, /start.encoding is an array/],
  [
    'whose rate is text',
    { sampleRateHertz: '16000' },
    /sampleRateHertz is '16000', expected a number/,
  ],
  ['whose rate is low', { sampleRateHertz: 7_999 }, /expected at least 8000/],
  ['whose rate is no integer', { sampleRateHertz: 16_000.5 }, /expected an integer/],
  ['whose rate is huge', { sampleRateHertz: 1e300 }, /expected at most 48000/],
  [
    'whose language is a path',
    { language: '../../etc' },
    /language is '..\/..\/etc', expected a language/,
  ],
  ['whose language is empty', { language: '' }, /start.language is ''/],
  ['without any of its languages', { languages: [] }, /languages is an array, expected at least 1/],
  ['with five languages', { languages: Array(5).fill('en') }, /expected at most 4 elements/],
  [
    'with language and languages',
    { language: 'en', languages: ['en'] },
    /both language and languages/,
  ],
  [
    'with 501 phrases',
    { phrases: Array(501).fill({ text: 'x' }) },
    /expected at most 500 elements/,
  ],
  ['with an empty phrase', { phrases: [{ text: '' }] }, /phrases.0.text is ''/],
  [
    'with a phrase of 101 letters',
    { phrases: [{ text: 'x'.repeat(101) }] },
    /at most 100 characters/,
  ],
  [
    'with too much boost',
    { phrases: [{ text: 'x', boost: 21 }] },
    /boost is 21, expected at most 20/,
  ],
  [
    'with a phrase of another shape',
    { phrases: [{ text: 'x', weight: 1 }] },
    /unknown field 'weight'/,
  ],
  ['with no alternative', { alternatives: 0 }, /alternatives is 0, expected at least 1/],
  ['with 31 alternatives', { alternatives: 31 }, /expected at most 30/],
  ['whose model has no name', { model: '' }, /start.model is ''/],
  ['whose model has a long name', { model: 'x'.repeat(65) }, /at most 64 characters/],
  ['whose interim is text', { interim: 'yes' }, /interim is 'yes', expected a boolean/],
  ['whose words is null', { words: null }, /words is null, expected a boolean/],
  ['with another integrity', { integrity: 'md5' }, /integrity is 'md5', expected hmac-sha256/],
  ['with an integrity that is not set up', { integrity: 'hmac-sha256' }, /has no secret for it/],
  ['whose token is empty', { resume: { token: '', result: 0 } }, /resume.token is ''/],
  ['whose token is long', { resume: { token: 'x'.repeat(1_025), result: 0 } }, /at most 1024/],
  ['whose result is below 0', { resume: { token: 'x', result: -1 } }, /result is -1/],
];

/** Within a session. */
const TEXTS: readonly Row[] = [
  ['nothing', '', /not JSON/],
  ['null', 'null', /no object/],
  ['a string', '"start"', /no object/],
  ['a number', '1e400', /no object/],
  ['an object without a type', {}, /type is absent/],
  ['a type that is a number', { type: 7 }, /type is 7/],
  ['a type that every object has', { type: 'constructor' }, /type is 'constructor'/],
  ['a type by prototype', '{"__proto__":{"type":"finish"}}', /type is absent/],
  ['a type that is __proto__', '{"type":"__proto__"}', /type is '__proto__'/],
  ['a type in capitals', { type: 'FINISH' }, /type is 'FINISH'/],
  ['a type with a line break', { type: 'finish\n{"type":' }, /type is 'finish\?/],
  ['two types, of which the last counts', '{"type":"keepalive","type":"begin"}', /type is 'begin'/],
  ['a byte order mark', '\ufeff{"type":"keepalive"}', /not JSON/],
  ['a comma too many', '{"type":"keepalive",}', /not JSON/],
  ['two objects', '{"type":"keepalive"}{"type":"keepalive"}', /not JSON/],
  ['single quotes', "{'type':'keepalive'}", /not JSON/],
  ['a comment', '{"type":"keepalive"/**/}', /not JSON/],
  ['NaN', '{"type":"gap","ms":NaN}', /not JSON/],
  ['40,000 brackets', '['.repeat(40_000), /not JSON/],
  ['40,000 brackets that close', `${'['.repeat(40_000)}${']'.repeat(40_000)}`, /no object/],
  ['a gap of nothing', { type: 'gap', ms: 0 }, /gap.ms is 0, expected at least 1/],
  ['a gap below nothing', { type: 'gap', ms: -5 }, /gap.ms is -5/],
  ['half a millisecond', { type: 'gap', ms: 1.5 }, /expected an integer/],
  ['a gap of two days', { type: 'gap', ms: 172_800_000 }, /at most 86400000/],
  ['an endless gap', '{"type":"gap","ms":1e400}', /gap.ms/],
  ['a gap without ms', { type: 'gap' }, /gap.ms is absent/],
  ['a gap of no frames', { type: 'gap', ms: 5, frames: 0 }, /frames is 0/],
  ['a gap of too many frames', { type: 'gap', ms: 5, frames: 1e6 + 1 }, /at most 1000000/],
  ['audio without content', { type: 'audio' }, /content is absent/],
  ['audio whose content is a list', { type: 'audio', content: [1] }, /content is an array/],
  ['an empty audio_id', { type: 'audio', content: 'AAA=', audio_id: '' }, /audio_id is ''/],
  [
    'an audio_id too long',
    { type: 'audio', content: '', audio_id: 'x'.repeat(129) },
    /at most 128/,
  ],
  ['an audio_id that is a number', { type: 'audio', content: '', audio_id: 5 }, /audio_id is 5/],
  ['seen without result', { type: 'seen' }, /result is absent/],
  ['seen below 0', { type: 'seen', result: -1 }, /result is -1/],
  ['seen of a final that is not there', { type: 'seen', result: 9 }, /seen/],
];

/** Base64, in a session. */
const CONTENTS: readonly Row[] = [
  ['is empty', '', /empty/],
  ['has no padding', 'AAA', /no base64/],
  ['has padding alone', '====', /no base64/],
  ['has padding in the middle', 'AA==AAAA', /no base64/],
  ['has a line break', 'AAA\nAAA=', /no base64/],
  ['has spaces', 'AA AA AA', /no base64/],
  ['is beyond ASCII', 'ÁÁÁÁ', /no base64/],
  ['is half a sample', 'AA==', /1 bytes, expected a multiple of 2/],
];

/** The first frame, in a session. */
const FILES: readonly (readonly [what: string, head: string])[] = [
  ['a WAV file', 'RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00'],
  ['an Ogg file', 'OggS\x00\x02'],
  ['a FLAC file', 'fLaC\x00\x00'],
  ['an AMR file', '#!AMR\n'],
  ['a WebM or Matroska file', '\x1aE\xdf\xa3\x01\x00'],
  ['an MP4 file', '\x00\x00\x00\x20ftypisom'],
  ['an MP3 file', 'ID3\x04\x00\x00'],
  ['an AU file', '.snd\x00\x00'],
];

const REFUSED = { close: 4501, code: 'bad_message' } as const;

export const MESSAGE_CASES: readonly Case[] = [
  ...STARTS.map(([what, fields, says]): Case => {
    const does = (c: RawClient): void => c.say({ ...START, ...(fields as object) });
    return { what: `a start ${what}`, started: false, does, close: 4501, code: 'bad_config', says };
  }),
  ...TEXTS.map(
    ([what, text, says]): Case => ({
      what: `text: ${what}`,
      does: (c) => c.say(text),
      ...REFUSED,
      says,
    }),
  ),
  ...CONTENTS.map(([what, content, says]): Case => {
    const does = (c: RawClient): void => c.say({ type: 'audio', content });
    return { what: `base64 that ${what}`, does, close: 4501, code: 'bad_audio', says };
  }),
  ...FILES.map(([what, head]): Case => {
    const does = (c: RawClient): void => c.send(Buffer.from(head.padEnd(64, '\0'), 'latin1'));
    const says = new RegExp(`begins like ${what}.*expected raw samples`);
    return { what: `audio that is ${what}`, does, close: 4501, code: 'bad_audio', says };
  }),
  {
    what: 'a resume token that is none',
    started: false,
    does: (c) => c.say({ ...START, resume: { token: 'e1.x', result: 0 } }),
    close: 4411,
    code: 'bad_resume',
    says: /no token of this server/,
  },
  {
    what: 'a start of more than 16 KiB',
    started: false,
    does: (c) => c.say({ ...START, model: 'x'.repeat(20_000) }),
    close: 4501,
    code: 'frame_too_large',
    says: /before start, expected at most 16384 bytes/,
  },
  {
    what: 'a flood of messages',
    does: (c) => {
      for (let n = 0; n < 2_000; n++) c.say('{"type":"keepalive"}');
    },
    close: 4013,
    code: 'rate_limited',
    says: /more messages or bytes came than may/,
  },
  {
    what: 'a flood of pings',
    does: (c) => {
      for (let n = 0; n < 2_000; n++) c.ping();
    },
    close: 4013,
    code: 'rate_limited',
    says: /more messages or bytes came than may/,
  },
  {
    what: 'a flood of frames of one sample',
    does: (c) => {
      for (let n = 0; n < 2_000; n++) c.send(new Uint8Array(2));
    },
    close: 4013,
    code: 'rate_limited',
    says: /more messages or bytes came than may/,
  },
  ...(['gap', 'finalize', 'audio'] as const).map((type): Case => {
    const does = (c: RawClient): void => {
      c.send(new Uint8Array(3_200).fill(1));
      c.say({ type: 'finish' });
      c.say({ type, ms: 5, content: 'AAA=' });
    };
    return { what: `${type} after finish`, does, ...REFUSED, says: /came after finish/ };
  }),
];
