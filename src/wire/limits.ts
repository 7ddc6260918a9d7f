/**
 * Limits: what both sides of the wire know and nobody configures.
 */

/** The subprotocol that a client asks for and the server answers with. */
export const SUBPROTOCOL = 'earshot.v1';

/** Audio in one frame beyond this draws `frame_too_large`. */
export const FRAME_BYTES_MAX = 65_536;

/** Of a signed frame, the bytes before its audio. */
export const SEAL_BYTES = 16;

/** A text message beyond this draws `frame_too_large`: base64 of the largest frame, and some room. */
export const TEXT_BYTES_MAX = 98_304;

/** `start` beyond this draws `frame_too_large`: nobody knows yet who is to be trusted with more. */
export const START_BYTES_MAX = 16_384;

/** Characters of a resume token, at most; what is longer is none. */
export const TOKEN_CHARS_MAX = 1_024;

/** Bytes of one sample. */
export const SAMPLE_BYTES = { LINEAR16: 2, MULAW: 1 } as const;

export type Encoding = keyof typeof SAMPLE_BYTES;

/** A place in audio time, as the wire says it: floor(samples * 1000 / rate). */
export function msOf(samples: number, sampleRateHertz: number): number {
  return Math.floor((samples * 1000) / sampleRateHertz);
}

/** The samples that a duration on the wire stands for. */
export function samplesOf(ms: number, sampleRateHertz: number): number {
  return Math.floor((ms * sampleRateHertz) / 1000);
}
