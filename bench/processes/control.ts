/**
 * Control: a process that does nothing, and says how late the machine makes that.
 *
 * What is late in a server beside it by no more is the machine's.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 1;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
// Keeps the process alive.
const idle = setInterval(() => undefined, 60_000);
process.stdout.write('up\n');
process.once('SIGINT', () => {
  clearInterval(idle);
  delay.disable();
  const p99Ms = Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
  process.stdout.write(`${JSON.stringify({ p99Ms })}\n`);
});
