/**
 * Stamp: what a bench writes into the beginning of each frame, to find it again behind the server (pure).
 *
 * Twenty-four bytes: a mark, whose frame it is, which one, and when it was due by the clock of the
 * machine, which all processes share. To the server it is audio.
 */

export const STAMP_BYTES = 24;
const MARK = 0x45_52_53_54;
/** What each stamp begins with. */
export const MARK_BYTES = Buffer.from('ERST');
const WORDS = STAMP_BYTES / 4;

export interface Stamp {
  readonly session: number;
  /** From 1 on, by one. */
  readonly nth: number;
  /** Milliseconds since the machine started. */
  readonly dueMs: number;
}

const place = new DataView(new ArrayBuffer(STAMP_BYTES));
const bytes = Buffer.from(place.buffer);

/** The bytes of a stamp; the same ones with each call. */
export function stampBytes({ session, nth, dueMs }: Stamp): Buffer {
  place.setUint32(0, MARK);
  place.setUint32(4, session);
  place.setUint32(8, nth);
  place.setUint32(12, MARK);
  place.setFloat64(16, dueMs);
  return bytes;
}

/** Writes a stamp at `at` as a client masks it: `at` must be where the mask begins. */
export function writeMasked(stamp: Stamp, mask: number, into: Buffer, at: number): void {
  stampBytes(stamp);
  for (let word = 0; word < WORDS; word++) {
    into.writeInt32BE(place.getInt32(word * 4) ^ mask, at + word * 4);
  }
}

/** The stamp at `at`, or undefined where there is none. */
export function readStamp(from: Buffer, at: number): Stamp | undefined {
  if (at + STAMP_BYTES > from.byteLength) return undefined;
  if (from.readUInt32BE(at) !== MARK || from.readUInt32BE(at + 12) !== MARK) return undefined;
  const session = from.readUInt32BE(at + 4);
  return { session, nth: from.readUInt32BE(at + 8), dueMs: from.readDoubleBE(at + 16) };
}

/** Milliseconds since the machine started: what all its processes agree upon. */
export function machineMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
