import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { forkedBy } from '../../src/fleet/process.ts';

const COMPILED = fileURLToPath(new URL('../../dist/src/fleet/process.js', import.meta.url));

/** Starts a worker when no file can be opened any more, and says what becomes of it. */
const WITHOUT_FILES = `
  import { openSync } from 'node:fs';
  import { forkedBy } from '${COMPILED}';
  const say = (text) => process.stdout.write(text);
  say('');
  try { while (true) openSync('/dev/null'); } catch {}
  const worker = forkedBy('/no/such/file.js', 'worker')({
    onMessage: () => say('message'),
    onEnd: (how) => say(how + '\\n'),
  });
  worker.send({ type: 'count' });
  worker.kill();
`;

describe('forkedBy()', () => {
  it('says by what a worker ended', async () => {
    const how = await new Promise((resolve) => {
      const start = forkedBy('/no/such/file.js', 'worker');
      const worker = start({ onMessage: () => undefined, onEnd: resolve });
      worker.kill();
    });
    expect(how).toBe('SIGKILL');
  });

  it('says that a worker could not be started, once, and after it has answered', async () => {
    const ends: string[] = [];
    const start = forkedBy('a file\0', 'worker');
    const worker = start({ onMessage: () => undefined, onEnd: (how) => ends.push(how) });
    worker.send({ type: 'count' });
    worker.kill();
    expect(ends).toEqual([]);
    await Promise.resolve();
    expect(ends).toEqual([expect.stringMatching(/null bytes/)]);
  });

  it('outlives that there are no more files', () => {
    const node = `exec '${process.execPath}' --input-type=module -e "$CODE"`;
    const env = { CODE: WITHOUT_FILES };
    const { stdout, stderr } = spawnSync('sh', ['-c', `ulimit -n 64; ${node}`], { env });
    expect([String(stdout), String(stderr)]).toEqual([expect.stringMatching(/^.*EMFILE.*\n$/), '']);
  });
});
