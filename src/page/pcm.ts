/**
 * PCM: what a browser calls sound, as the wire wants it, and how loud it is. (pure)
 */

/** What the protocol serves, in samples a second. */
export const RATE_MIN = 8_000;
export const RATE_MAX = 48_000;

/** Below this a sound counts as none. */
const FLOOR_DB = -60;

/** Of how many samples of the device one becomes that is sent: 1, unless it has more than we serve. */
export function thinningOf(deviceRateHertz: number): number {
  return Math.max(1, Math.ceil(deviceRateHertz / RATE_MAX));
}

/**
 * Samples of -1..1 as 16 bits, each the mean of `thinning` of them; louder ones are cut off. Exact
 * for what was 16 bits before.
 */
export function pcmOf(samples: Float32Array, thinning = 1): Int16Array<ArrayBuffer> {
  const pcm = new Int16Array(Math.floor(samples.length / thinning));
  for (let i = 0; i < pcm.length; i++) {
    let sum = 0;
    for (let k = 0; k < thinning; k++) sum += samples[i * thinning + k] ?? 0;
    const value = Math.round((sum / thinning) * 32_768);
    pcm[i] = Math.max(-32_768, Math.min(32_767, value));
  }
  return pcm;
}

/** The bytes as they are sent: little-endian, whatever this machine is. */
export function bytesOf(pcm: Int16Array): Uint8Array {
  const bytes = new Uint8Array(pcm.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of pcm.entries()) view.setInt16(i * 2, value, true);
  return bytes;
}

/** The loudest sample, 0..1. */
export function peakOf(pcm: Int16Array): number {
  let peak = 0;
  for (const value of pcm) peak = Math.max(peak, Math.abs(value));
  return peak / 32_768;
}

/** A peak of 0..1 on a scale of 0..1 that is even for the ear: FLOOR_DB is 0. */
export function loudnessOf(peak: number): number {
  if (peak <= 0) return 0;
  return Math.max(0, Math.min(1, 1 - (20 * Math.log10(peak)) / FLOOR_DB));
}
