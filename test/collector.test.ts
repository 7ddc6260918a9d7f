import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { builtUrl } from '../src/built.ts';

/** Keeps 30 MB alive and makes 300 MB of garbage that has grown old; prints how often V8 looked through all. */
const MAKE_GARBAGE = `
import { PerformanceObserver, constants } from 'node:perf_hooks';
const { collectSeldom } = await import(process.argv[1]);
if (process.argv[2] === 'seldom') collectSeldom();
let majors = 0;
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) {
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) majors += 1;
  }
}).observe({ entryTypes: ['gc'] });
const alive = [];
for (let n = 0; n < 400; n++) {
  alive[n % 40] = Array.from({ length: 20_000 }, () => ({ n }));
  await new Promise((resolve) => setImmediate(resolve));
}
await new Promise((resolve) => setTimeout(resolve, 10));
console.log(majors);
`;

/** V8 is told to look at every fifth of garbage, as it may choose by itself. */
function majorsOf(how: 'seldom' | 'often', heapMb = 4_096): number {
  const v8 = ['--heap-growing-percent=20', `--max-old-space-size=${heapMb}`];
  const code = ['--input-type=module', '--eval', MAKE_GARBAGE];
  const argv = [...v8, ...code, builtUrl('src/collector.js').href, how];
  const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return Number(stdout);
}

describe('collectSeldom()', () => {
  it('has V8 look through all memory less often than it might choose to, unless there is little', () => {
    const often = majorsOf('often');
    const seldom = majorsOf('seldom');
    expect(seldom).toBeGreaterThan(0);
    expect(often).toBeGreaterThan(2 * seldom);
    expect(majorsOf('seldom', 1_024)).toBeGreaterThan(2 * seldom);
  });
});
