/**
 * Ramp: audio in which every millisecond says which one it is, so that whoever gets a piece of it
 * knows what is missing, doubled or changed, however it was cut into frames.
 *
 * LINEAR16 at 16,000 Hz; the 16 samples of millisecond n are 1 + n % 32,000, and so never silence.
 */
export const SAMPLES_PER_MS = 16;
const PERIOD = 32_000;

/** The ramp's samples from `fromSample` on. */
export function ramp(fromSample: number, samples: number): Uint8Array {
  const bytes = Buffer.alloc(samples * 2);
  for (let n = 0; n < samples; n++) {
    bytes.writeInt16LE(1 + (Math.floor((fromSample + n) / SAMPLES_PER_MS) % PERIOD), n * 2);
  }
  return bytes;
}

/** What a piece begins with, for people. */
export function placeOf(audio: Uint8Array): string {
  const bytes = Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength);
  const ms = bytes.length < 2 ? 0 : bytes.readInt16LE(0) - 1;
  return `${bytes.length / 2 / SAMPLES_PER_MS} ms from ${ms} ms on`;
}
