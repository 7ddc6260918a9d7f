/**
 * Audio on the wire: bytes of a frame, checked before anything is done with them.
 */
import type { Fault } from './fault.ts';
import type { Encoding } from './limits.ts';
import { FRAME_BYTES_MAX, msOf, SAMPLE_BYTES } from './limits.ts';

/** Where base64 is decoded; a frame is copied out of it before the next one comes. */
const DECODED = Buffer.allocUnsafeSlow(FRAME_BYTES_MAX);

/** Of a character beyond a byte, Node looks at the low byte. Where V8 keeps a text in bytes, it need not look for one. */
const WIDE = /[^\0-\xff]/;

/** The bytes of a base64 `content`, until the next call. Standard and URL-safe alphabets are taken. */
export function decodeBase64(content: string): Uint8Array | Fault {
  const padding = content.endsWith('==') ? 2 : content.endsWith('=') ? 1 : 0;
  const expected = Math.floor(((content.length - padding) * 3) / 4);
  const isSmall = expected <= FRAME_BYTES_MAX;
  const bytes = isSmall ? DECODED.subarray(0, expected) : Buffer.allocUnsafeSlow(expected);
  // Node skips what it can't decode and stops at the first '=': then bytes are missing.
  const whole = content.length % 4 === 0 && bytes.write(content, 'base64') === expected;
  if (whole && !WIDE.test(content)) return bytes;
  return {
    code: 'bad_audio',
    message: `audio.content is no base64 (${content.length} characters), expected RFC 4648 with padding`,
    field: 'audio.content',
  };
}

/** What a frame may be, once `start` has said how its audio is made. */
export interface FrameRule {
  readonly encoding: Encoding;
  readonly sampleRateHertz: number;
  readonly frameMsMax: number;
}

/** The number of samples in a frame, or what is wrong with it. */
export function samplesIn(audio: Uint8Array, rule: FrameRule): number | Fault {
  const bytes = audio.length;
  if (bytes === 0)
    return { code: 'bad_audio', message: 'the frame is empty, expected at least one sample' };
  if (bytes > FRAME_BYTES_MAX) return tooLarge(`${bytes} bytes`, `${FRAME_BYTES_MAX} bytes`);
  const sampleBytes = SAMPLE_BYTES[rule.encoding];
  if (bytes % sampleBytes !== 0) {
    return {
      code: 'bad_audio',
      message: `the frame has ${bytes} bytes, expected a multiple of ${sampleBytes} for ${rule.encoding}`,
    };
  }
  const samples = bytes / sampleBytes;
  const ms = msOf(samples, rule.sampleRateHertz);
  if (ms > rule.frameMsMax) return tooLarge(`${ms} ms long`, `${rule.frameMsMax} ms`);
  return samples;
}

/** How files and streams begin that are not raw samples: the letters, and where they stand. */
const CONTAINERS: readonly (readonly [name: string, at: number, magic: string])[] = [
  ['a WAV file', 8, 'WAVEfmt '],
  ['an Ogg file', 0, 'OggS'],
  ['a FLAC file', 0, 'fLaC'],
  ['an AMR file', 0, '#!AMR'],
  ['a WebM or Matroska file', 0, '\x1aE\xdf\xa3'],
  ['an MP4 file', 4, 'ftyp'],
  ['an MP3 file with a tag', 0, 'ID3\x03\x00'],
  ['an MP3 file with a tag', 0, 'ID3\x04\x00'],
  ['an AU file', 0, '.snd'],
  ['a CAF file', 0, 'caff\x00'],
];

/** What the first frame of a session is, when that is no raw audio. */
export function containerOf(audio: Uint8Array): Fault | undefined {
  const head = Buffer.from(audio.buffer, audio.byteOffset, Math.min(audio.byteLength, 32));
  const text = head.toString('latin1');
  const found = CONTAINERS.find(([, at, magic]) => text.startsWith(magic, at));
  if (found === undefined) return undefined;
  const message = `the audio begins like ${found[0]}, expected raw samples: leave the header out, or decode it before`;
  return { code: 'bad_audio', message };
}

/** A message beyond a limit of the wire. */
export function tooLarge(is: string, atMost: string): Fault {
  return { code: 'frame_too_large', message: `the message is ${is}, expected at most ${atMost}` };
}
