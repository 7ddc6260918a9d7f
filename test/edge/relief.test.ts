import { describe, expect, it } from 'vitest';
import { Overload } from '../../src/edge/overload.ts';
import { Relief } from '../../src/edge/relief.ts';
import { FakeLog } from '../fakes/fake-log.ts';
import { SessionRig } from '../fakes/session-rig.ts';

/** Sessions of a process whose timers are late. */
function newProcess() {
  const rig = new SessionRig();
  const log = new FakeLog();
  const overload = new Overload(400);
  let lateMs = 0;
  let share = 0;
  const clock = {
    nowMs: () => rig.clock.nowMs(),
    wallMs: () => rig.clock.wallMs(),
    after: (delayMs: number, run: () => void) => rig.clock.after(delayMs + lateMs, run),
  };
  const relief = new Relief({
    clock,
    random: () => 0.5,
    overload,
    registry: rig.registry,
    budget: rig.budget,
    metrics: rig.metrics,
    log,
    memoryShare: () => share,
  });
  const strain = (delayMs: number, memoryShare = 0): void => {
    lateMs = delayMs;
    share = memoryShare;
  };
  return { rig, log, overload, relief, strain };
}

describe('Relief', () => {
  it('does nothing while timers are in time, nor for one long pause', async () => {
    const { rig, log, overload, strain } = newProcess();
    await rig.clock.advance(2_000);
    strain(3_000);
    await rig.clock.advance(100);
    strain(0);
    await rig.clock.advance(10_000);
    expect([overload.level, log.lines]).toEqual(['normal', []]);
  });

  it('looks once a second however late timers are, or as often as there are two of them', async () => {
    const { rig, log, strain } = newProcess();
    strain(800);
    // The first timer was in time.
    await rig.clock.advance(1_000 + 4 * 1_800);
    const steps = log.of('the level of overload has changed');
    expect(steps.map(({ fields }) => fields)).toMatchObject([
      { level: 'thin', delayMs: 800 },
      { level: 'shrink' },
      { level: 'refuse' },
      { level: 'shed' },
    ]);
    const later = newProcess();
    later.strain(3_000);
    await later.rig.clock.advance(3_200 + 6_200);
    expect(later.overload.level).toBe('thin');
  });

  it('takes one pause for no overload, wherever in a second it lies', async () => {
    for (let ms = 0; ms < 1_000; ms += 100) {
      const { rig, overload, strain } = newProcess();
      await rig.clock.advance(2_000 + ms);
      strain(5_000);
      await rig.clock.advance(100);
      strain(0);
      for (let n = 0; n < 100; n += 1) {
        await rig.clock.advance(100);
        expect(overload.level).toBe('normal');
      }
    }
  });

  it('shrinks windows, and gives them back when there is less to do', async () => {
    const { rig, log, overload, strain } = newProcess();
    strain(200);
    await rig.clock.advance(6_500);
    expect([overload.level, rig.metrics.overload, rig.budget.share]).toEqual(['shrink', 2, 0.25]);
    strain(0);
    await rig.clock.advance(8_000);
    expect([overload.level, rig.metrics.overload, rig.budget.share]).toEqual(['normal', 0, 1]);
    expect(log.of('the level of overload has changed')).toHaveLength(4);
  });

  it('sheds the newest sessions, one in twenty each second, with a time to come again', async () => {
    const { rig, overload, strain } = newProcess();
    const phones = Array.from({ length: 40 }, () => rig.start());
    strain(0, 0.95);
    await rig.clock.advance(3_000);
    expect([overload.level, rig.registry.size]).toEqual(['refuse', 40]);
    await rig.clock.advance(1_000);
    expect([overload.level, rig.registry.size, rig.metrics.sessionsShed]).toEqual(['shed', 38, 2]);
    const shed = phones.filter(({ closed }) => closed !== undefined);
    expect(shed).toEqual(phones.slice(-2));
    expect(shed[0]?.closed).toEqual({ code: 4003, reason: 'overloaded' });
    expect(shed[0]?.all('error')).toMatchObject([{ retryable: true, retryAfterMs: 10_000 }]);
  });

  it('ends with its process', async () => {
    const { rig, relief } = newProcess();
    await rig.clock.advance(500);
    relief.close();
    expect(rig.clock.pending).toBe(0);
  });
});
