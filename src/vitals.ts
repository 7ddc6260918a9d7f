/**
 * Vitals: what this process takes of the machine. The only file that asks Node how busy its loop is.
 */
import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

export interface Vitals {
  /** Since the process began, of all its threads, in user and system mode. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** In use of V8's heap, garbage that was not collected yet included. */
  readonly heapBytes: number;
  /** Since the process began, when the event loop was not waiting for events. */
  readonly busySeconds: number;
}

export function vitalsNow(): Vitals {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    heapBytes: getHeapStatistics().used_heap_size,
    busySeconds: performance.eventLoopUtilization().active / 1e3,
  };
}
