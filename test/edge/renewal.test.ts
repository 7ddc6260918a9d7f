import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Renewal } from '../../src/edge/renewal.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

function rig(renew: () => void) {
  const clock = new FakeClock();
  const folder = mkdtempSync(join(tmpdir(), 'earshot-renewal-'));
  const file = join(folder, 'a.pem');
  writeFileSync(file, 'one');
  const said: string[] = [];
  const log = { info: () => said.push('info'), warn: () => said.push('warn') };
  const renewal = new Renewal({ clock, log, files: [file], renew });
  return { clock, file, renewal, said, end: () => rmSync(folder, { recursive: true }) };
}

describe('Renewal', () => {
  it('acts within two seconds after a file has changed, once', async () => {
    let renewed = 0;
    const { clock, file, renewal, said, end } = rig(() => {
      renewed += 1;
    });
    await clock.advance(10_000);
    expect(renewed).toBe(0);
    writeFileSync(file, 'another');
    await clock.advance(2_000);
    expect([renewed, said]).toEqual([1, ['info']]);
    await clock.advance(10_000);
    expect(renewed).toBe(1);
    renewal.renew();
    expect(renewed).toBe(2);
    renewal.close();
    expect(clock.pending).toBe(0);
    end();
  });

  it('says of what can not be used that the old stays, and looks on', async () => {
    let problem = 'no PEM';
    const { clock, file, renewal, said, end } = rig(() => {
      if (problem !== '') throw new Error(problem);
    });
    writeFileSync(file, 'half');
    await clock.advance(2_000);
    rmSync(file);
    await clock.advance(2_000);
    problem = '';
    writeFileSync(file, 'whole again');
    await clock.advance(2_000);
    expect(said).toEqual(['warn', 'warn', 'info']);
    renewal.close();
    end();
  });

  it('tries again what could not be used, less and less often, though nothing has changed', async () => {
    const tries: number[] = [];
    const { clock, file, renewal, said, end } = rig(() => {
      tries.push(clock.nowMs() / 1_000);
      if (tries.length < 9) throw new Error('EMFILE');
    });
    writeFileSync(file, 'another');
    await clock.advance(600_000);
    expect(tries).toEqual([2, 4, 8, 16, 32, 64, 124, 184, 244]);
    expect(said.at(-1)).toBe('info');
    renewal.close();
    end();
  });

  it('outlives files that can not even be looked at', async () => {
    let renewed = 0;
    const { clock, file, renewal, end } = rig(() => {
      renewed += 1;
    });
    rmSync(file);
    symlinkSync(file, file);
    await clock.advance(2_000);
    rmSync(file);
    writeFileSync(file, 'whole again');
    await clock.advance(2_000);
    expect(renewed).toBe(2);
    renewal.close();
    end();
  });

  it('does nothing where there is no file', () => {
    const clock = new FakeClock();
    const renewal = new Renewal({
      ...{ clock, files: [] },
      log: { info: () => undefined, warn: () => undefined },
      renew: () => expect.unreachable(),
    });
    renewal.renew();
    expect(clock.pending).toBe(0);
  });
});
