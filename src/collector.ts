/**
 * Collector: how often V8 looks through all memory of a process that serves.
 *
 * Its threads for that take the core that the loop runs on, for 80 ms with a thousand sessions. When to do
 * so again it decides by how fast it was: after a busy start each five seconds, for minutes, or not before
 * there is three times as much garbage as is alive. With the first, 1 % of chunks leave up to 65 ms late
 * instead of 9, and up to 200 ms on a core that is 70 % busy (bench: end-to-end).
 */
import { setFlagsFromString } from 'node:v8';

/** Three times as much garbage as is alive: what V8 chooses itself at most. */
const GROWING_PERCENT = 300;

/** In this process, from now on. */
export function collectSeldom(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
