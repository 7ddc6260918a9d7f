/**
 * Heap: has a process say how much memory it uses when nothing is left to collect.
 *
 * For `node --expose-gc --import`, before the program that is asked; SIGUSR2 asks.
 */

process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.stdout.write(`heap ${heapUsed + external} ${rss}\n`);
});
