import { describe, expect, it } from 'vitest';
import type { FinalResult } from '../../src/speech/recognizer.ts';
import { ScriptedRecognizer } from '../fakes/scripted-recognizer.ts';
import { expectBalance, expectEmpty, finished } from '../fakes/session-end.ts';
import type { RigOptions } from '../fakes/session-rig.ts';
import { RATE, SessionRig } from '../fakes/session-rig.ts';

/** Replaces its streams after 10 s at a pause, after 15 s wherever it is quietest. */
function rotating(options: ConstructorParameters<typeof ScriptedRecognizer>[1]): RigOptions {
  const recognizer: RigOptions['recognizer'] = (clock) =>
    Object.assign(new ScriptedRecognizer(clock, { latencyMs: 50, ...options }), {
      rotation: { softMs: 10_000, jitterMs: 0, hardMs: 15_000 },
    });
  return { recognizer, overlapsMax: 1 };
}

describe('Relay', () => {
  it('rotates in a pause: without word times each sample is heard by one stream, and no result is missing', async () => {
    const rig = new SessionRig(rotating({}));
    const phone = rig.start();
    for (let n = 0; n < 20; n++) {
      await phone.speak(1_200);
      await phone.rest(800);
    }
    const summary = await finished(rig, phone);
    expect(summary?.streams).toBeGreaterThanOrEqual(3);
    expect(summary).toMatchObject({ replayedMs: 0, transcribedMs: 24_000, silentMs: 16_000 });
    const ends = phone
      .all('final')
      .map(({ start, end }: { start: number; end: number }) => [start, end]);
    expect(ends).toEqual(Array.from({ length: 20 }, (_, n) => [n * 2_000, n * 2_000 + 1_200]));
    expectBalance(summary);
    await expectEmpty(rig);
  });

  it('hears the end of a pause again where words have times: one may have begun there', async () => {
    const rig = new SessionRig(rotating({ wordMs: 250 }));
    const phone = rig.start();
    for (let n = 0; n < 20; n++) {
      await phone.speak(1_200);
      await phone.rest(800);
    }
    const summary = await finished(rig, phone);
    expect(rig.metrics.cuts.hard).toBe(0);
    expect(rig.metrics.cuts.pause).toBeGreaterThanOrEqual(2);
    // 150 ms for each stream but the first, and no stream to hear nothing else.
    expect(summary?.replayedMs).toBe(150 * ((summary?.streams ?? 0) - 1));
    expect(summary).toMatchObject({ transcribedMs: 24_000, silentMs: 16_000 });
    await expectEmpty(rig);
  });

  it('rotates in the middle of speech when no pause comes, and both streams hear the place', async () => {
    const rig = new SessionRig(rotating({ wordMs: 250, script: () => ({ holdsFinals: true }) }));
    const phone = rig.start();
    await phone.speak(40_000);
    const summary = await finished(rig, phone);
    expect(summary?.streams).toBe(3);
    expect(summary?.replayedMs).toBeGreaterThan(1_000);
    expect(summary?.transcribedMs).toBe(40_000);
    const finals = phone.all('final');
    for (const [n, { start }] of finals.slice(1).entries()) expect(start).toBe(finals[n]?.end);
    expectBalance(summary);
    await expectEmpty(rig);
  });

  it('cuts speech between two samples where words have no times, and marks the finals there', async () => {
    const rig = new SessionRig(rotating({ latencyMs: 400, script: () => ({ holdsFinals: true }) }));
    const phone = rig.start();
    await phone.speak(15_400);
    // Only the last final of the first stream tells: until then the second one waits.
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 0, retry: 0 });
    await phone.speak(24_600);
    const summary = await finished(rig, phone);
    expect(rig.metrics.cuts).toMatchObject({ plain: 2, hard: 0 });
    expect(summary).toMatchObject({ replayedMs: 0, transcribedMs: 40_000, streams: 3 });
    const finals = phone.all('final');
    expect(finals.map(({ degraded }) => degraded)).toEqual([true, true, true]);
    for (const [n, { start }] of finals.slice(1).entries()) expect(start).toBe(finals[n]?.end);
    expect(rig.metrics.finalsDegraded).toBe(3);
    expectBalance(summary);
    await expectEmpty(rig);
  });

  it('marks no final after silence that follows such a cut', async () => {
    const rig = new SessionRig(rotating({ script: (n) => ({ holdsFinals: n === 1 }) }));
    const phone = rig.start();
    await phone.speak(15_400);
    await phone.rest(3_000);
    await phone.speak(1_000);
    await finished(rig, phone);
    expect(rig.metrics.cuts.plain).toBe(1);
    expect(phone.all('final').map(({ degraded }) => degraded)).toEqual([true, true, undefined]);
  });

  it('lets the old stream end first when no overlap is left', async () => {
    const rig = new SessionRig({ ...rotating({}), overlapsMax: 0 });
    const phone = rig.start();
    for (let n = 0; n < 12; n++) {
      await phone.speak(1_200);
      await phone.rest(800);
    }
    const summary = await finished(rig, phone);
    expect(summary?.streams).toBeGreaterThanOrEqual(2);
    expect(summary?.transcribedMs).toBe(14_400);
    await expectEmpty(rig);
  });

  it('keeps its slot while it rotates in a pause, however many wait for one', async () => {
    const rig = new SessionRig({ ...rotating({}), slotsMax: 1 });
    const phone = rig.start();
    await phone.speak(9_500);
    const other = rig.start();
    await other.speak(100);
    expect(other.last('queued')).toMatchObject({ position: 1 });
    // Audio comes once a second: the old stream has ended long before the next one comes.
    phone.frame(600, 1_000);
    phone.frame(400, 0);
    await rig.clock.advance(1_000);
    phone.frame(1_000, 1_000);
    await rig.clock.advance(1_000);
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 1, retry: 0 });
    expect(rig.slots.used).toBe(1);
    expect(phone.all('queued')).toEqual([]);
    // Nothing came: the slot is for the other.
    await rig.clock.advance(9_000);
    expect(other.last('queued')).toMatchObject({ position: 0 });
    await finished(rig, phone);
    await finished(rig, other);
    await expectEmpty(rig);
  });

  it('opens no stream to take over when the session is at its end', async () => {
    const rig = new SessionRig(rotating({ latencyMs: 400 }));
    const phone = rig.start();
    await phone.speak(10_000);
    await phone.rest(300);
    await rig.clock.advance(200);
    const summary = await finished(rig, phone);
    expect(rig.metrics.cuts).toMatchObject({ pause: 1, finish: 0 });
    expect(summary).toMatchObject({ streams: 1 });
    await expectEmpty(rig);
  });

  it('holds the results of the new stream until a failed old one was heard again', async () => {
    const fault = { kind: 'transient', message: 'gone' } as const;
    const script = (n: number) =>
      n === 1
        ? { holdsFinals: true, fail: { atSample: 15.1 * RATE, fault } }
        : { holdsFinals: true };
    const rig = new SessionRig(rotating({ script, latencyMs: 400 }));
    const phone = rig.start();
    await phone.speak(30_000);
    const summary = await finished(rig, phone);
    const finals = phone.all('final');
    expect(finals.map(({ result }) => result)).toEqual(finals.map((_, n) => n + 1));
    for (const [n, { start }] of finals.slice(1).entries()) {
      expect(start).toBeGreaterThanOrEqual(finals[n]?.end ?? 0);
    }
    expect(summary?.transcribedMs).toBe(30_000);
    await expectEmpty(rig);
  });

  it('gives up on an old stream that never ends, and goes on with the new one', async () => {
    const hangs = (n: number) => ({ holdsFinals: true, hangs: n !== 2 });
    const rig = new SessionRig(rotating({ script: hangs }));
    const phone = rig.start();
    await phone.speak(50_000);
    expect(phone.all('final')[0]).toMatchObject({ degraded: true });
    const results: readonly Pick<FinalResult, 'text'>[] = phone.all('final');
    expect(results.length).toBeGreaterThanOrEqual(2);
    await finished(rig, phone);
    // A further hearing of the rest counts anew.
    await rig.clock.advance(20_000);
    const summary = phone.last('summary');
    expectBalance(summary);
    await expectEmpty(rig);
  });
});
