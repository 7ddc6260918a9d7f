/**
 * Core wait: how long anybody on this machine had to wait for a core.
 *
 * What is late because of that is no fault of the server.
 */
import { readFile } from 'node:fs/promises';

/** Since the machine started, in ms; NaN where it isn't known: Linux alone says it. */
export async function coreWaitMs(): Promise<number> {
  const text = await readFile('/proc/pressure/cpu', 'utf8').catch(() => '');
  return Number(/^some .*total=(\d+)/.exec(text)?.[1] ?? NaN) / 1000;
}
