/**
 * Memory: how much of the memory that a process may have it has.
 *
 * Of its heap, which V8 bounds; and of its part of the machine or container, which tapes, sockets and
 * native libraries fill as well.
 */
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** Bytes. */
export interface Memory {
  readonly heapUsed: number;
  readonly heapMax: number;
  readonly resident: number;
  readonly machine: number;
  /** 0, or more than the machine has: there is no container's limit. */
  readonly container: number;
}

/** 0..1 and, where others have what this process may have, above; `processes` share the memory, in equal parts. */
export function memoryShare(processes: number, memory: Memory = memoryNow()): number {
  const { heapUsed, heapMax, resident, machine, container } = memory;
  const all = container > 0 ? Math.min(machine, container) : machine;
  return Math.max(heapUsed / heapMax, (resident * processes) / all);
}

function memoryNow(): Memory {
  const { used_heap_size: heapUsed, heap_size_limit: heapMax } = getHeapStatistics();
  const container = process.constrainedMemory() ?? 0;
  const resident = process.memoryUsage.rss();
  return { heapUsed, heapMax, resident, machine: totalmem(), container };
}
