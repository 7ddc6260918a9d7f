/**
 * Lend: bytes that are good until a call returns, and others after, as the socket layer's and a tape's are.
 */

/** No sound that any test makes. */
const LATER = 0x5a;

/** Answers what `to` does, which gets a copy of `bytes`. */
export function lend<T>(bytes: Uint8Array, to: (lent: Uint8Array) => T): T {
  const lent = Uint8Array.from(bytes);
  const answer = to(lent);
  lent.fill(LATER);
  return answer;
}
