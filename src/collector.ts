/**
 * Collector: how often V8 looks through all memory of a process that serves.
 *
 * Its threads for that take the core that the loop runs on, for 80 ms with a thousand sessions. When to do
 * so again it decides by how fast it was: after a busy start each five seconds, for minutes, or not before
 * there is three times as much garbage as is alive. With the first, 1 % of chunks leave up to 65 ms late
 * instead of 8, and on a core that is 70 % busy up to 153 instead of 15 (bench: end-to-end, without and with).
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/** Three times as much garbage as is alive: what V8 itself chooses at most, where there is enough memory. */
const GROWING_PERCENT = 300;
/** A heap that may become so large is enough, as V8 sees it. With less it may have its way. */
const AMPLE_BYTES = 2 * 2 ** 30;

/** In this process, from now on. */
export function collectSeldom(): void {
  if (getHeapStatistics().heap_size_limit < AMPLE_BYTES) return;
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
