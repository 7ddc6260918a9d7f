import { describe, expect, it } from 'vitest';
import { Starts } from '../../src/speech/starts.ts';
import { ScriptedRecognizer } from '../fakes/scripted-recognizer.ts';
import { expectBalance, expectEmpty, finished } from '../fakes/session-end.ts';
import { SessionRig } from '../fakes/session-rig.ts';

describe('A session without a stream', () => {
  it('hears its place in the queue, and position 0 when it is live', async () => {
    const rig = new SessionRig({ slotsMax: 1 });
    const first = rig.start();
    await first.speak(1_000);
    const second = rig.start();
    await second.speak(1_000);
    expect(second.last('queued')).toMatchObject({ position: 1 });
    first.say({ type: 'finish' });
    await rig.clock.advance(1_000);
    expect(second.last('queued')).toMatchObject({ position: 0 });
    expect(await finished(rig, second)).toMatchObject({ transcribedMs: 1_000, streams: 1 });
    await expectEmpty(rig);
  });

  it('that waits too long is told when to come back, and what is unsettled', async () => {
    const rig = new SessionRig({ slotsMax: 0 });
    const phone = rig.start();
    await phone.speak(1_000);
    await rig.clock.advance(30_000);
    const error = phone.last('error');
    expect(error).toMatchObject({ code: 'overloaded', retryable: true, from: 0, to: 1_000 });
    expect(error?.retryAfterMs).toBeGreaterThanOrEqual(1_000);
    expect(phone.closed?.code).toBe(4003);
    await expectEmpty(rig);
  });

  it('keeps its place when it has said finish', async () => {
    const rig = new SessionRig({ slotsMax: 0 });
    const phone = rig.start();
    await phone.speak(1_000);
    phone.say({ type: 'finish' });
    await rig.clock.advance(20_000);
    rig.slots.setLimit(1);
    await rig.clock.advance(2_000);
    expect(phone.last('summary')).toMatchObject({ transcribedMs: 1_000 });
    await expectEmpty(rig);
  });

  it('gives its slot back when no audio comes, and asks again for the next', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.speak(1_000);
    await rig.clock.advance(9_000);
    expect(phone.last('final')).toMatchObject({ end: 1_000 });
    expect(rig.slots.used).toBe(0);
    await phone.speak(1_000);
    expect(rig.slots.used).toBe(1);
    const summary = await finished(rig, phone);
    expect(summary).toMatchObject({ streams: 2, transcribedMs: 2_000 });
    await expectEmpty(rig);
  });
});

describe('A session that the quota refuses', () => {
  const quota = { kind: 'quota', message: 'no more' } as const;
  const refused = { fail: { atSample: 0, fault: quota } };

  it('gives its slot back and is told so, and is live once a stream lasts', async () => {
    const rig = new SessionRig({ scripted: { script: (n) => (n <= 3 ? refused : {}) } });
    const phone = rig.start();
    await phone.speak(200);
    expect([phone.last('queued')?.position, rig.slots.used]).toEqual([1, 0]);
    await phone.speak(2_800);
    const positions = phone.all('queued').map(({ position }) => position);
    expect(positions).toEqual([1, 1, 1, 0]);
    expect(await finished(rig, phone)).toMatchObject({ transcribedMs: 3_000, streams: 4 });
    await expectEmpty(rig);
  });

  it('gives it back too when it has said finish, and is heard again later', async () => {
    const fail = { atSample: 16_000, fault: quota };
    const rig = new SessionRig({ scripted: { script: (n) => (n === 1 ? { fail } : {}) } });
    const phone = rig.start();
    await phone.speak(900);
    phone.frame(100, 1_000);
    phone.say({ type: 'finish' });
    await rig.clock.advance(60);
    expect([phone.last('queued')?.position, rig.slots.used]).toEqual([1, 0]);
    await rig.clock.advance(12_000);
    expect(phone.last('summary')).toMatchObject({ transcribedMs: 1_000, replayedMs: 1_000 });
    await expectEmpty(rig);
  });

  it('is refused when that has lasted for as long as it may wait', async () => {
    const rig = new SessionRig({ scripted: { script: () => refused } });
    const phone = rig.start();
    await phone.speak(1_000);
    while (phone.closed === undefined) {
      phone.say({ type: 'keepalive' });
      await rig.clock.advance(1_000);
    }
    expect(phone.last('error')).toMatchObject({ code: 'overloaded', from: 0, to: 1_000 });
    expect(phone.all('queued').every(({ position }) => position > 0)).toBe(true);
    expect(rig.scripted.streams.length).toBeLessThan(15);
    await expectEmpty(rig);
  });
});

describe('A session whose recognizer fails', () => {
  const transient = { kind: 'transient', message: 'gone' } as const;

  it('replays what is unsettled on a new stream, from the sample', async () => {
    const fail = { atSample: 40_000, fault: transient };
    const rig = new SessionRig({ scripted: { script: (n) => (n === 1 ? { fail } : {}) } });
    const phone = rig.start();
    await phone.speak(1_000);
    await phone.rest(800);
    await phone.speak(2_000);
    const summary = await finished(rig, phone);
    expect(phone.all('final').map(({ start, end, result }) => [result, start, end])).toEqual([
      [1, 0, 1_000],
      [2, 1_800, 3_800],
    ]);
    expect(summary).toMatchObject({ streams: 2, transcribedMs: 3_000, silentMs: 800 });
    expect(summary?.replayedMs).toBeGreaterThan(500);
    expectBalance(summary);
    await expectEmpty(rig);
  });

  it('ends when streams fail one after another without progress', async () => {
    const fail = { atSample: 100, fault: transient };
    const rig = new SessionRig({ scripted: { script: () => ({ fail }) } });
    const phone = rig.start();
    await phone.speak(1_000);
    await rig.clock.advance(20_000);
    expect(phone.last('error')).toMatchObject({
      ...{ code: 'upstream_unavailable', retryable: true, from: 0, to: 1_000 },
      message: 'the recognizer failed: gone',
    });
    expect(phone.closed?.code).toBe(4004);
    expect(rig.scripted.streams).toHaveLength(6);
    await expectEmpty(rig);
  });

  it('is heard again only when the process may retry once more', async () => {
    const fail = { atSample: 8_000, fault: transient };
    const rig = new SessionRig({
      recognizer: (clock) =>
        Object.assign(new ScriptedRecognizer(clock, { script: (n) => (n === 1 ? { fail } : {}) }), {
          starts: new Starts(clock, undefined),
        }),
    });
    const phone = rig.start();
    await phone.speak(100);
    while (rig.recognizer.starts?.take(true));
    await phone.speak(4_900);
    expect(rig.metrics.streams).toMatchObject({ retry: 0 });
    await phone.speak(2_000);
    expect(rig.metrics.streams).toMatchObject({ retry: 1 });
    expect(await finished(rig, phone)).toMatchObject({ transcribedMs: 7_000 });
  });

  it('waits between streams that fail before they heard anything', async () => {
    const fail = { atSample: 0, fault: transient };
    const rig = new SessionRig({ scripted: { script: () => ({ fail }) } });
    const phone = rig.start();
    await phone.speak(200);
    expect(rig.scripted.streams.length).toBeLessThanOrEqual(2);
  });

  it('ends at once, for good, when the recognizer refuses the configuration', async () => {
    const fail = { atSample: 100, fault: { kind: 'config', message: 'no such model' } as const };
    const rig = new SessionRig({ scripted: { script: () => ({ fail }) } });
    const phone = rig.start();
    await phone.speak(500);
    expect(phone.last('error')).toMatchObject({ code: 'upstream_rejected', retryable: false });
    expect(phone.closed?.code).toBe(4507);
    await expectEmpty(rig);
  });

  it('forces a final when none comes, through a monologue of 10 minutes', async () => {
    const rig = new SessionRig({ scripted: { script: () => ({ holdsFinals: true }) } });
    const phone = rig.start();
    await phone.speak(600_000);
    const finals = phone.all('final');
    expect(finals.length).toBeGreaterThanOrEqual(19);
    for (const { start, end } of finals) expect(end - start).toBeLessThanOrEqual(30_100);
    expect(phone.all('gap')).toEqual([]);
    expect(phone.all('ack').every(({ windowMs }) => windowMs > 0)).toBe(true);
    expect(await finished(rig, phone)).toMatchObject({ transcribedMs: 600_000, replayedMs: 0 });
    await expectEmpty(rig);
  });

  it('gives up on the rest when a finish is not answered in time', async () => {
    const rig = new SessionRig({
      scripted: { script: () => ({ hangs: true, holdsFinals: true }) },
    });
    const phone = rig.start({ interim: false });
    await phone.speak(1_000);
    phone.say({ type: 'finish' });
    await rig.clock.advance(60_000);
    expect(phone.last('gap')).toMatchObject({ start: 0, end: 1_000, reason: 'upstream' });
    const summary = phone.last('summary');
    expect(summary).toMatchObject({ droppedMs: { upstream: 1_000 }, transcribedMs: 0 });
    expectBalance(summary);
    await expectEmpty(rig);
  });

  it('sends the live line as a degraded final rather than let it vanish', async () => {
    const rig = new SessionRig({
      scripted: { script: () => ({ hangs: true, holdsFinals: true }) },
    });
    const phone = rig.start();
    await phone.speak(1_200);
    phone.say({ type: 'finish' });
    await rig.clock.advance(60_000);
    expect(phone.last('final')).toMatchObject({ text: '1000 ms', degraded: true, end: 1_000 });
    expectBalance(phone.last('summary'));
  });
});

describe('The streams of a session are counted', () => {
  const NONE = { pause: 0, hard: 0, plain: 0, finalize: 0, idle: 0, stall: 0, finish: 0 };
  const rotation = { softMs: 10_000, jitterMs: 0, hardMs: 15_000 };

  function rotating(): SessionRig {
    return new SessionRig({
      overlapsMax: 1,
      recognizer: (clock) =>
        Object.assign(new ScriptedRecognizer(clock, { latencyMs: 400, wordMs: 250 }), {
          rotation,
        }),
    });
  }

  it('by why they were opened: anew, for one that was cut, for one that failed', async () => {
    const fail = { atSample: 30_000, fault: { kind: 'transient', message: 'gone' } as const };
    const rig = new SessionRig({ scripted: { script: (n) => (n === 1 ? { fail } : {}) } });
    const phone = rig.start();
    await phone.speak(3_000);
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 0, retry: 1 });
    phone.say({ type: 'finalize' });
    phone.frame(500, 1_000);
    await rig.clock.advance(9_000);
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 1, retry: 1 });
    await phone.speak(500);
    expect(rig.metrics.streams).toEqual({ start: 2, rotation: 1, retry: 1 });
    expect(await finished(rig, phone)).toMatchObject({ streams: 4 });
    expect(rig.metrics.cuts).toEqual({ ...NONE, finalize: 1, idle: 1, finish: 1 });
  });

  it('by where they were cut: in a pause, or in the middle of speech', async () => {
    const rig = rotating();
    const phone = rig.start();
    await phone.speak(10_500);
    await phone.rest(400);
    await phone.speak(16_500);
    expect(rig.metrics.cuts).toEqual({ ...NONE, pause: 1, hard: 1 });
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 2, retry: 0 });
  });

  it('as cut between two samples where streams are never replaced by age', async () => {
    const rig = new SessionRig({ scripted: { script: () => ({ holdsFinals: true }) } });
    const phone = rig.start();
    await phone.speak(31_000);
    expect(rig.metrics.cuts).toEqual({ ...NONE, plain: 1 });
  });

  it('as a retry when a stream that the quota refused has got a slot again', async () => {
    const fail = { atSample: 0, fault: { kind: 'quota', message: 'full' } as const };
    const rig = new SessionRig({ scripted: { script: (n) => (n === 1 ? { fail } : {}) } });
    const phone = rig.start();
    await phone.speak(3_000);
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 0, retry: 1 });
  });
});
