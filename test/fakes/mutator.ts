/**
 * Mutator: recorded sessions with something wrong, by seed: bytes, whole messages, or their order.
 */
import type { Random } from '../emulator/random.ts';
import { randomOf } from '../emulator/random.ts';
import { frameOf, OP, requestOf } from './raw-socket.ts';

export type Message = string | Uint8Array;

const START = { type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000 };
const AUDIO = Buffer.alloc(640, 1);

/** What an app says. */
const SESSIONS: readonly (readonly Message[])[] = [
  [JSON.stringify(START), AUDIO, AUDIO, '{"type":"finalize"}', AUDIO, '{"type":"finish"}'],
  [
    JSON.stringify({
      ...START,
      language: 'en-US',
      words: true,
      phrases: [{ text: 'a', boost: 2 }],
    }),
    JSON.stringify({ type: 'audio', content: AUDIO.toString('base64'), audio_id: 'note-1' }),
    '{"type":"gap","ms":500,"frames":2}',
    JSON.stringify({ type: 'audio', content: AUDIO.toString('base64'), audio_id: 'note-2' }),
    '{"type":"keepalive"}',
    '{"type":"seen","result":0}',
    '{"type":"finish"}',
  ],
  [
    JSON.stringify({
      ...START,
      encoding: 'MULAW',
      resume: { token: `e1.${'a.'.repeat(15)}b`, result: 1 },
    }),
    AUDIO,
    '{"type":"finish"}',
  ],
];

/** What parsers trip over. */
const WORDS = [
  ...['{', '}', '[', ']', '"', ',', ':', '\\', '\\u0000', '\\ud800', '\u0000', '\ufeff', '\u2028'],
  ...['null', 'true', '1e400', '-0', '9007199254740993', '0x10', 'NaN', '__proto__', 'constructor'],
  ...[
    '"type":"start"',
    '"type":"finish"',
    '"resume":{}',
    '"ms":86400000',
    '='.repeat(9),
    '%00',
    '../',
  ],
];

function pick<T>(random: Random, all: readonly T[]): T {
  const found = all[Math.floor(random() * all.length)];
  if (found === undefined) throw new RangeError('there is nothing to pick from');
  return found;
}

/** One to four things are wrong in the copy. */
function mutated(random: Random, bytes: Uint8Array): Buffer {
  let all = Buffer.from(bytes);
  for (let left = 1 + Math.floor(random() * 4); left > 0; left--) all = once(random, all);
  return all;
}

function once(random: Random, bytes: Buffer): Buffer<ArrayBuffer> {
  const at = Math.floor(random() * (bytes.byteLength + 1));
  const to = Math.min(bytes.byteLength, at + Math.floor(random() * 16));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (Math.floor(random() * 7)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.byteLength)
        flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      return flipped;
    }
    case 1:
      return Buffer.from(before);
    case 2:
      return Buffer.concat([before, bytes.subarray(to)]);
    case 3:
      return Buffer.concat([before, bytes.subarray(at, to), after]);
    case 4:
      return Buffer.concat([before, Buffer.from(pick(random, WORDS)), after]);
    case 5:
      return Buffer.concat([before, Buffer.from([Math.floor(random() * 256)]), after]);
    default:
      return Buffer.concat([before, Buffer.from(pick(random, WORDS)), bytes.subarray(to)]);
  }
}

/** A session of an app that has gone mad, as messages. */
export function messagesOf(seed: number): Message[] {
  const random = randomOf(seed);
  const session = [...pick(random, SESSIONS)];
  for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
    const at = Math.floor(random() * session.length);
    const message = session[at] ?? '';
    const kind = random();
    if (kind < 0.7) {
      const bytes = mutated(random, Buffer.from(message));
      session[at] = random() < 0.9 === (typeof message === 'string') ? bytes.toString() : bytes;
    } else if (kind < 0.8) session.splice(at, 1);
    else if (kind < 0.9) session.splice(at, 0, pick(random, pick(random, SESSIONS)));
    else session.push(...session.splice(at, 1));
  }
  return session;
}

/** The same as bytes, framing included; the first bytes are those of the request now and then. */
export function bytesOf(seed: number): { readonly request: Uint8Array; readonly frames: Buffer } {
  const random = randomOf(seed);
  const frames = pick(random, SESSIONS).map((message) =>
    frameOf(typeof message === 'string' ? OP.text : OP.binary, message),
  );
  const request = Buffer.from(requestOf());
  const isOpening = random() < 0.2;
  return {
    request: isOpening ? mutated(random, request) : request,
    frames: isOpening ? Buffer.concat(frames) : mutated(random, Buffer.concat(frames)),
  };
}
