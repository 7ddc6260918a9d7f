/**
 * G.711 mu-law: what each of its 256 bytes sounds like.
 */

/** The 16-bit sample of a mu-law byte. */
export function pcmOf(byte: number): number {
  const bits = ~byte & 0xff;
  const exponent = (bits >> 4) & 7;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << exponent) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}

const PCM = Int16Array.from({ length: 256 }, (_, byte) => pcmOf(byte));

/** The samples of mu-law bytes. */
export function fromMulaw(bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) samples[i] = PCM[bytes[i] ?? 0] ?? 0;
  return samples;
}
