import { describe, expect, it } from 'vitest';
import { expectBalance, expectEmpty, finished } from '../fakes/session-end.ts';
import type { Phone } from '../fakes/session-rig.ts';
import { SessionRig } from '../fakes/session-rig.ts';

/** Where its finals lie. */
function places(phone: Phone): [result: number, start: number, end: number][] {
  return phone.all('final').map(({ result, start, end }) => [result, start, end]);
}

describe('A session that is resumed where it is held', () => {
  it('goes on after the last frame received, and hears again what was not settled', async () => {
    const rig = new SessionRig();
    const old = rig.start();
    await old.speak(1_000);
    await old.rest(800);
    await old.speak(500);
    old.line.lost();
    await rig.clock.advance(10_000);
    expect(rig.slots.used).toBe(0);
    const phone = rig.resume(old);
    expect(phone.heard[0]).toMatchObject({ type: 'ready', session: 's1', resumed: 'held' });
    expect(phone.heard[0]).toMatchObject({ frame: 24, result: 2, windowMs: 5_000 });
    await phone.speak(500);
    const summary = await finished(rig, phone);
    expect(places(phone)).toEqual([[2, 1_800, 2_800]]);
    expect(summary).toMatchObject({ receivedMs: 2_800, transcribedMs: 2_000, results: 2 });
    expectBalance(summary);
    expect(rig.metrics.resumes).toMatchObject({ held: 1, taken: 0 });
    expect(rig.metrics.receivedSeconds).toBeCloseTo(2.8, 9);
    await expectEmpty(rig);
  });

  it('gets the finals and gaps again that it has not seen, each once, with a token, and not timed again', async () => {
    const rig = new SessionRig();
    const old = rig.start();
    await old.speak(1_000);
    await old.rest(800);
    const early = { token: old.token, result: old.result };
    old.say({ type: 'gap', ms: 500 });
    await old.speak(1_000);
    await old.rest(800);
    old.line.lost();
    const timed = (): number | undefined => rig.metrics.relayOut.heaps().at(-1)?.count;
    expect(timed()).toBe(2);
    const phone = rig.start({ resume: early });
    expect(timed()).toBe(2);
    expect(phone.types.slice(0, 3)).toEqual(['ready', 'gap', 'final']);
    expect(phone.last('gap')).toMatchObject({ start: 1_800, end: 2_300, settledMs: 2_300 });
    expect(phone.last('final')).toMatchObject({ result: 2, start: 2_300, end: 3_300 });
    expect(phone.last('final')?.resume).not.toBe(old.token);
    await finished(rig, phone);
    expect(places(phone)).toHaveLength(1);
    await expectEmpty(rig);
  });

  it('answers with the token that the client brought, issued anew', async () => {
    const rig = new SessionRig();
    const old = rig.start();
    const { token } = old;
    await old.speak(1_000);
    await old.rest(800);
    old.line.lost();
    await rig.clock.advance(1_000);
    const phone = rig.start({ resume: { token, result: 0 } });
    const answered = phone.last('ready')?.resume ?? '';
    const bond = { subject: '', configuration: '' };
    expect(rig.tickets.read(answered, bond, rig.clock.wallMs())).toBe('subject');
    const fields = (text: string): string[] => text.split('.').toSpliced(6, 1).slice(0, -1);
    expect(fields(answered)).toEqual(fields(token));
    expect(answered).not.toBe(token);
    await phone.speak(200);
    await finished(rig, phone);
  });

  it('is taken over while the old socket is open: that one is told, and counts no more', async () => {
    const rig = new SessionRig();
    const old = rig.start();
    await old.speak(1_000);
    const phone = rig.resume(old);
    expect(old.closed).toEqual({ code: 4509, reason: 'replaced' });
    expect(old.last('error')).toMatchObject({ code: 'replaced', retryable: false });
    const heard = old.heard.length;
    old.frame(100, 1_000);
    old.say({ type: 'finish' });
    old.line.lost();
    await phone.speak(500);
    await rig.clock.advance(1_000);
    expect(old.heard).toHaveLength(heard);
    expect(phone.last('ack')).toMatchObject({ received: 15 });
    expect(rig.metrics.sessions).toMatchObject({ open: 1, detached: 0 });
    const summary = await finished(rig, phone);
    // The stream went on.
    expect(summary).toMatchObject({ receivedMs: 1_500, streams: 1, replayedMs: 0 });
    await expectEmpty(rig);
  });

  it('goes on with the stream that is being cut when it comes back at once', async () => {
    const rig = new SessionRig({ scripted: { latencyMs: 400, wordMs: 250 } });
    Object.assign(rig.scripted, { rotation: { softMs: 240_000, jitterMs: 0, hardMs: 290_000 } });
    const old = rig.start();
    await old.speak(1_000);
    await old.rest(800);
    await old.speak(3_000);
    old.line.lost();
    expect(rig.slots.used).toBe(1);
    const phone = rig.resume(old);
    await phone.speak(1_000);
    const summary = await finished(rig, phone);
    expect(summary).toMatchObject({ streams: 2, transcribedMs: 5_000, silentMs: 800 });
    expect(summary?.replayedMs).toBeLessThan(4_000);
    const finals = phone.all('final');
    expect(finals[0]?.start).toBe(1_800);
    for (const [n, { start }] of finals.slice(1).entries()) expect(start).toBe(finals[n]?.end);
    await expectEmpty(rig);
  });

  it('settles words before the cut while nobody is there, and gives the slot back in time', async () => {
    const rig = new SessionRig({ scripted: { latencyMs: 400, wordMs: 250 } });
    Object.assign(rig.scripted, { rotation: { softMs: 240_000, jitterMs: 0, hardMs: 290_000 } });
    const old = rig.start();
    await old.speak(1_000);
    await old.rest(800);
    await old.speak(3_000);
    old.line.lost();
    await rig.clock.advance(1_000);
    expect(rig.slots.used).toBe(0);
    const phone = rig.resume(old);
    const [again] = phone.all('final');
    expect(again).toMatchObject({ result: 2, start: 1_800 });
    expect(again?.end).toBeLessThan(4_800);
    const summary = await finished(rig, phone);
    expect(summary).toMatchObject({ receivedMs: 4_800, transcribedMs: 4_000 });
    await expectEmpty(rig);
  });

  it('gives the slot back within 5 s though the stream never ends', async () => {
    const rig = new SessionRig({
      scripted: { wordMs: 250, script: () => ({ hangs: true }) },
    });
    Object.assign(rig.scripted, { rotation: { softMs: 240_000, jitterMs: 0, hardMs: 290_000 } });
    const old = rig.start();
    await old.speak(1_000);
    await old.rest(800);
    await old.speak(3_000);
    old.line.lost();
    await rig.clock.advance(4_700);
    expect(rig.slots.used).toBe(1);
    await rig.clock.advance(500);
    expect(rig.slots.used).toBe(0);
    const phone = rig.resume(old);
    await phone.rest(900);
    expect(places(phone)).toEqual([[2, 1_800, 4_800]]);
    phone.session.end({ code: 'draining', message: '' });
    phone.line.lost();
    await rig.clock.advance(31_000);
    await expectEmpty(rig);
  });

  it('waits with its summary when the socket is lost after finish', async () => {
    const rig = new SessionRig();
    const old = rig.start();
    await old.speak(1_000);
    old.say({ type: 'finish' });
    old.line.lost();
    expect(rig.metrics.sessions).toMatchObject({ undelivered: 1 });
    await rig.clock.advance(20_000);
    const phone = rig.resume(old);
    phone.say({ type: 'finish' });
    await rig.clock.advance(3_000);
    expect(phone.last('summary')).toMatchObject({ receivedMs: 1_000, transcribedMs: 1_000 });
    expect(phone.closed).toEqual({ code: 1000, reason: 'finished' });
    await expectEmpty(rig);
  });

  it('takes a finish that stands before the loss and one that was said again', async () => {
    const rig = new SessionRig();
    const old = rig.start();
    await old.speak(1_000);
    await old.rest(1_000);
    old.line.lost();
    const phone = rig.resume(old);
    phone.say({ type: 'finalize' });
    phone.say({ type: 'finish' });
    phone.say({ type: 'finish' });
    await rig.clock.advance(3_000);
    expect(phone.all('summary')).toHaveLength(1);
    await expectEmpty(rig);
  });
});

describe('A session that is lost while it waits for another stream', () => {
  const quota = { kind: 'quota', message: 'no more' } as const;
  const transient = { kind: 'transient', message: 'gone' } as const;

  it('asks for no slot until it is resumed, then hears its place and is heard', async () => {
    const fail = { atSample: 8_000, fault: quota };
    const rig = new SessionRig({ scripted: { script: (n) => (n < 3 ? { fail } : {}) } });
    const old = rig.start();
    await old.speak(600);
    expect(old.last('queued')?.position).toBe(1);
    old.line.lost();
    const { length } = rig.scripted.streams;
    await rig.clock.advance(20_000);
    expect([rig.slots.used, rig.slots.depth, rig.scripted.streams.length]).toEqual([0, 0, length]);
    const phone = rig.resume(old);
    await phone.speak(2_000);
    expect(phone.all('queued').at(-1)?.position).toBe(0);
    const summary = await finished(rig, phone);
    expect(summary).toMatchObject({ receivedMs: 2_600, transcribedMs: 2_600 });
    expectBalance(summary);
    await expectEmpty(rig);
  });

  it.each([quota, transient])(
    'starts none after its finish, and does when it is resumed: %o',
    async (fault) => {
      const fail = { atSample: 16_000, fault };
      const rig = new SessionRig({ scripted: { script: (n) => (n === 1 ? { fail } : {}) } });
      const old = rig.start();
      await old.speak(900);
      old.frame(100, 1_000);
      old.say({ type: 'finish' });
      await rig.clock.advance(60);
      old.line.lost();
      expect([rig.slots.used, rig.slots.depth]).toEqual([0, 0]);
      await rig.clock.advance(10_000);
      expect(rig.scripted.streams).toHaveLength(1);
      const phone = rig.resume(old);
      await rig.clock.advance(5_000);
      expect(phone.last('summary')).toMatchObject({ transcribedMs: 1_000, streams: 2 });
      expect(places(phone)).toEqual([[1, 0, 1_000]]);
      await expectEmpty(rig);
    },
  );
});
