import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const LOG = fileURLToPath(new URL('../dist/src/log.js', import.meta.url));

/** What a process writes to standard error, line by line. */
function logged(level: string, run: string): string[] {
  const code = `import { newLog } from '${LOG}'; const log = newLog('${level}'); ${run}; process.exit(0)`;
  const args = ['--input-type=module', '--eval', `${code}`];
  const text = execFileSync('/bin/sh', ['-c', '"$0" "$@" 2>&1', process.execPath, ...args]);
  return String(text)
    .split('\n')
    .filter((line) => line.length > 0);
}

describe('newLog()', () => {
  it('writes one JSON line an event, before the process can exit', () => {
    const [line, ...more] = logged('info', "log.info({ session: 's1' }, 'session ended')");
    expect(more).toEqual([]);
    const event = JSON.parse(line ?? '');
    expect(event).toMatchObject({ level: 'info', session: 's1', msg: 'session ended' });
  });

  it('leaves out what is less important than its level', () => {
    expect(logged('error', "log.warn({}, 'a'); log.error({}, 'b')")).toHaveLength(1);
    expect(logged('silent', "log.error({}, 'b')")).toEqual([]);
  });

  it('keeps a forged line inside its field', () => {
    const lines = logged('info', 'log.info({ text: \'a\\n{"level":"error"}\' }, \'x\')');
    expect(lines).toHaveLength(1);
  });
});
