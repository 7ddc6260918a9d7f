/**
 * Garbage: has a process collect its own when SIGUSR2 asks for it, so that its memory can be read.
 *
 * Before that the young generation grows to its full size, all of it in use once: twice 16 MB that any
 * server takes which has run for a while. Else the sessions would be charged with it that come between
 * two readings.
 */

/** Of garbage: each half of the young generation is filled twice. */
const FILL_BYTES = 96 * 2 ** 20;
/** Of a small object. */
const OBJECT_BYTES = 48;
/** So many live on for a while: where all are garbage the young generation doesn't grow. */
const ALIVE = 60_000;

export function collectWhenAsked(): void {
  process.on('SIGUSR2', () => {
    grow();
    globalThis.gc?.();
    globalThis.gc?.();
  });
}

function grow(): void {
  const alive: object[] = [];
  for (let n = 0; n * OBJECT_BYTES < FILL_BYTES; n++) alive[n % ALIVE] = { n, of: alive };
}
