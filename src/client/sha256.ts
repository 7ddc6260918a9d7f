/**
 * Sha256: the hash of FIPS 180-4 and the HMAC of RFC 2104, in plain TypeScript.
 *
 * A browser has them too, but tells the result later, and only to pages that came by TLS; a frame is
 * sealed in the moment it is sent. 100 ms of audio are 51 blocks.
 */

const BLOCK_BYTES = 64;
const HASH_WORDS = 8;

/** The first 32 bits of what follows the point in the cube and square roots of the first primes. */
const PRIMES = primes(BLOCK_BYTES);
const ROUND = PRIMES.map((prime) => fraction(Math.cbrt(prime)));
const START = PRIMES.slice(0, HASH_WORDS).map((prime) => fraction(Math.sqrt(prime)));

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++)
    if (found.every((prime) => n % prime > 0)) found.push(n);
  return found;
}

function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32) | 0;
}

/** 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  const blocks = padded(data);
  const view = new DataView(blocks.buffer);
  const hash = Int32Array.from(START);
  const words = new Int32Array(BLOCK_BYTES);
  for (let at = 0; at < blocks.byteLength; at += BLOCK_BYTES) {
    for (let n = 0; n < 16; n++) words[n] = view.getInt32(at + 4 * n);
    expand(words);
    mix(hash, words);
  }
  const out = new DataView(new ArrayBuffer(4 * HASH_WORDS));
  hash.forEach((word, n) => {
    out.setInt32(4 * n, word);
  });
  return new Uint8Array(out.buffer);
}

/** A bit that is set, zeros, and how many bits there were: whole blocks. */
function padded(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = data.byteLength;
  const blocks = new Uint8Array(Math.ceil((bytes + 9) / BLOCK_BYTES) * BLOCK_BYTES);
  blocks.set(data);
  blocks[bytes] = 0x80;
  new DataView(blocks.buffer).setBigUint64(blocks.byteLength - 8, BigInt(bytes) * 8n);
  return blocks;
}

function at(words: Int32Array, n: number): number {
  return words[n] ?? 0;
}

function expand(words: Int32Array): void {
  for (let n = 16; n < BLOCK_BYTES; n++) {
    const [a, b] = [at(words, n - 15), at(words, n - 2)];
    const one = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
    const two = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
    words[n] = at(words, n - 16) + one + at(words, n - 7) + two;
  }
}

function mix(hash: Int32Array, words: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
  for (let n = 0; n < BLOCK_BYTES; n++) {
    const one = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const left = (h + one + ((e & f) ^ (~e & g)) + (ROUND[n] ?? 0) + at(words, n)) | 0;
    const two = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const right = (two + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + left) | 0;
    d = c;
    c = b;
    b = a;
    a = (left + right) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, n) => {
    hash[n] = at(hash, n) + word;
  });
}

function turned(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** 32 bytes. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(key.byteLength > BLOCK_BYTES ? sha256(key) : key);
  const inner = sha256(joined([block.map((byte) => byte ^ 0x36), ...parts]));
  return sha256(joined([block.map((byte) => byte ^ 0x5c), inner]));
}

/** All bytes in one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.byteLength;
  }
  return all;
}
