/**
 * Address: whence a connection comes, as the text that its limits are counted by (pure).
 *
 * Of IPv6 the first 64 bits, since one customer of a provider has all that follow. An IPv4 address that
 * is written as IPv6 is the same as without.
 */

/** `bytes`: 4 or 16, as a socket tells them; anything else is nowhere. */
export function textOf(bytes: Uint8Array): string {
  if (bytes.byteLength === 4) return bytes.join('.');
  if (bytes.byteLength !== 16) return '';
  const groups = Array.from({ length: 8 }, (_, n) => pair(bytes, n));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return bytes.subarray(12).join('.');
  }
  if (groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1) return '::1';
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

function pair(bytes: Uint8Array, n: number): number {
  return (bytes[2 * n] ?? 0) * 256 + (bytes[2 * n + 1] ?? 0);
}
