import { describe, expect, it } from 'vitest';
import { VERSIONS } from '../../emulator/limits.ts';
import { randomOf } from '../../emulator/random.ts';
import type { Chatter } from '../../emulator/voice.ts';
import { chatter } from '../../emulator/voice.ts';
import { expectBalance, expectEmpty, finished } from '../../fakes/session-end.ts';
import type { GoogleRigOptions } from './session-rig.ts';
import { GoogleSessionRig, said } from './session-rig.ts';

/** Nobody pauses, so that a stream can only be cut within speech. */
const MONOLOGUE: Partial<Chatter> = { breathEvery: 1e9, breathMs: [100, 100], gapMs: [0, 60] };

function wordless(options: GoogleRigOptions = {}): GoogleRigOptions {
  return { ...options, emulator: { wordTimes: false, ...options.emulator } };
}

describe.each(VERSIONS)('A session on a model of Google %s without word times', (version) => {
  it('loses a word at most at each cut in a monologue, doubles none, and marks the finals there', async () => {
    const rig = new GoogleSessionRig(version, wordless());
    const phone = rig.start({ words: true });
    const words = await rig.say(phone, chatter(randomOf(2), MONOLOGUE), 120_000);
    const summary = await finished(rig, phone);
    const heard = said(phone);
    expect(heard).toEqual(words.filter((word) => heard.includes(word)));
    expect(rig.metrics.cuts).toMatchObject({ plain: 3, hard: 0 });
    expect(words.length - heard.length).toBeGreaterThan(1);
    expect(words.length - heard.length).toBeLessThanOrEqual(4);
    const finals = phone.all('final');
    expect(finals.map(({ degraded = false }) => degraded)).toEqual([true, true, true, true]);
    expect(rig.metrics.finalsDegraded).toBe(4);
    for (const [n, { start }] of finals.slice(1).entries()) expect(start).toBe(finals[n]?.end);
    expect(summary).toMatchObject({ replayedMs: 0, streams: 4 });
    expectBalance(summary);
    await rig.close();
    await expectEmpty(rig);
  });

  it('marks no other finals, and loses nothing in pauses', async () => {
    const rotation = { softMs: 20_000, jitterMs: 0, hardMs: 60_000 };
    const rig = new GoogleSessionRig(version, wordless({ rotation }));
    const phone = rig.start();
    const words = await rig.say(phone, chatter(randomOf(1)), 120_000);
    await finished(rig, phone);
    expect(said(phone)).toEqual(words.slice(0, said(phone).length));
    expect(said(phone).length).toBeGreaterThanOrEqual(words.length - 1);
    expect(rig.metrics.cuts).toMatchObject({ plain: 0, hard: 0 });
    expect(rig.metrics.cuts.pause).toBeGreaterThan(3);
    expect(phone.all('final').filter(({ degraded }) => degraded)).toEqual([]);
    await rig.close();
  });

  it('is followed at once where that is known, by a stream that begins at the sample', async () => {
    const rotation = { softMs: 4_000, jitterMs: 0, hardMs: 10_000 };
    const rig = new GoogleSessionRig(version, wordless({ rotation }));
    const phone = rig.start();
    const plan = chatter(randomOf(5), { ...MONOLOGUE, breathEvery: 40, breathMs: [700, 700] });
    const words = await rig.say(phone, plan, 60_000);
    await finished(rig, phone);
    const heard = said(phone);
    expect(heard).toEqual(words.filter((word) => heard.includes(word)));
    const { plain } = rig.metrics.cuts;
    expect(plain).toBeGreaterThan(0);
    expect(words.length - heard.length).toBeLessThanOrEqual(plain + 1);
    const finals = phone.all('final');
    const marked = finals.filter(({ degraded }) => degraded);
    expect(marked.length).toBeGreaterThan(plain);
    expect(marked.length).toBeLessThanOrEqual(2 * plain);
    expect(marked.length).toBeLessThan(finals.length);
    expect(rig.metrics.finalsDegraded).toBe(marked.length);
    // The next stream is open before the last one has ended.
    expect(rig.emulator.report().openMax).toBe(2);
    await rig.close();
  });

  it('loses nothing, and marks what may be double, when the stream fails that would have told', async () => {
    const what = { kind: 'status', code: 'UNAVAILABLE' } as const;
    const faults = [{ what, when: { at: 'half-close' }, timesMax: 1 }] as const;
    const rotation = { softMs: 4_000, jitterMs: 0, hardMs: 10_000 };
    const rig = new GoogleSessionRig(version, wordless({ rotation, emulator: { faults } }));
    const phone = rig.start();
    const words = await rig.say(phone, chatter(randomOf(2), MONOLOGUE), 18_000);
    expectBalance(await finished(rig, phone));
    const heard = said(phone);
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
    expect(new Set(heard)).toEqual(new Set(words.slice(0, new Set(heard).size)));
    expect(phone.all('final').every(({ degraded }) => degraded)).toBe(true);
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 1, retry: 1 });
    await rig.close();
  });
});

describe('A session on a model of Google that refuses to be asked for words', () => {
  it('is warned when it wants them, and heard', async () => {
    const rig = new GoogleSessionRig('v2');
    const phone = rig.start({ words: true, model: 'chirp_3' });
    const words = await rig.say(phone, chatter(randomOf(1)), 10_000);
    await finished(rig, phone);
    expect(phone.all('warning')).toMatchObject([{ code: 'unsupported_option', field: 'words' }]);
    expect(said(phone)).toEqual(words.slice(0, said(phone).length));
    expect(said(phone).length).toBeGreaterThanOrEqual(words.length - 1);
    await rig.close();
  });
});
