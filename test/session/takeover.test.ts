import { describe, expect, it } from 'vitest';
import { expectBalance, expectEmpty, finished } from '../fakes/session-end.ts';
import type { Phone } from '../fakes/session-rig.ts';
import { SessionRig } from '../fakes/session-rig.ts';

/** Where its finals lie. */
function places(phone: Phone): [result: number, start: number, end: number][] {
  return phone.all('final').map(({ result, start, end }) => [result, start, end]);
}

describe('A session that another process takes over', () => {
  function two(options: ConstructorParameters<typeof SessionRig>[0] = {}) {
    const here = new SessionRig(options);
    const there = new SessionRig({ ...options, clock: here.clock, holder: 'there' });
    return { here, there };
  }

  it('goes on from the settled place: results, times and sums span both', async () => {
    const { here, there } = two();
    const old = here.start();
    await old.speak(1_000);
    await old.rest(800);
    old.say({ type: 'gap', ms: 200, frames: 2 });
    await old.speak(700);
    const phone = there.resume(old);
    // One gap of two numbers, which nothing unsettled lies before.
    expect(phone.heard[0]).toMatchObject({ type: 'ready', session: 's1', resumed: 'taken' });
    expect(phone.heard[0]).toMatchObject({ frame: 21, result: 2 });
    expect(there.taken).toEqual([['s1', 'here']]);
    here.registry.release('s1');
    expect(old.closed).toEqual({ code: 4509, reason: 'replaced' });
    expect(here.metrics.audioSeconds.released).toBeCloseTo(0.7, 9);
    expect(here.slots.used).toBe(0);
    await phone.speak(1_000);
    await phone.rest(1_000);
    expect(places(phone)).toEqual([[2, 2_000, 3_000]]);
    const summary = await finished(there, phone);
    expect(summary).toMatchObject({ receivedMs: 3_800, transcribedMs: 2_000, silentMs: 1_800 });
    expect(summary).toMatchObject({ missingMs: 200, releasedMs: 0, results: 2, streams: 1 });
    expectBalance(summary);
    expect(there.metrics.receivedSeconds).toBeCloseTo(2, 9);
    await expectEmpty(here);
    await expectEmpty(there);
  });

  it('hears no sample twice of a frame in which a final ended', async () => {
    const { here, there } = two();
    const old = here.start();
    // The final ends at 1,050 ms, in the middle of the 11th frame.
    await old.speak(1_000);
    old.frame(50, 1_000);
    const half = new Int16Array(1_600).fill(1_000, 0, 800);
    old.line.frame(new Uint8Array(half.buffer));
    await old.rest(800);
    expect(old.last('final')).toMatchObject({ end: 1_100, settled: 11, settledMs: 1_100 });
    old.line.lost();
    // Its last ack tells of more: this is as if it had not come.
    const phone = there.start({ resume: { token: old.last('final')?.resume, result: 1 } });
    expect(phone.last('ready')).toMatchObject({ frame: 12 });
    phone.line.frame(new Uint8Array(half.buffer));
    await phone.rest(1_000);
    const summary = await finished(there, phone);
    expect(places(phone)).toEqual([]);
    expect(summary).toMatchObject({ receivedMs: 2_150, transcribedMs: 1_100, silentMs: 1_050 });
    expectBalance(summary);
    const heard = there.scripted.streams[0]?.audio ?? new Uint8Array();
    expect(Buffer.from(heard).every((byte) => byte === 0)).toBe(true);
  });

  it('finishes though that is its first word, and a final has ended within a frame', async () => {
    const { here, there } = two();
    const old = here.start();
    await old.speak(1_000);
    old.frame(170, 1_000, 60);
    await old.rest(700);
    const final = old.last('final');
    expect((final?.settledMs ?? 0) % 100).not.toBe(0);
    old.line.lost();
    const phone = there.start({ resume: { token: final?.resume, result: 1 } });
    expect(phone.last('ready')).toMatchObject({ resumed: 'taken' });
    phone.say({ type: 'finish' });
    await there.clock.advance(1_000);
    expect(phone.closed).toEqual({ code: 1000, reason: 'finished' });
  });

  it('starts at the beginning when nothing was settled', async () => {
    const { here, there } = two();
    const old = here.start();
    await old.speak(300);
    const phone = there.resume(old);
    expect(phone.last('ready')).toMatchObject({ resumed: 'taken', frame: 1, result: 1 });
    await phone.speak(500);
    expect(await finished(there, phone)).toMatchObject({ receivedMs: 500, transcribedMs: 500 });
  });

  it('brings the summary when the finish is said again there', async () => {
    const { here, there } = two();
    const old = here.start();
    await old.speak(1_000);
    await old.rest(1_000);
    old.say({ type: 'finish' });
    const token = old.last('final')?.resume;
    const phone = there.start({ resume: { token, result: 1 } });
    const { frame = 0 } = phone.last('ready') ?? {};
    expect(frame).toBe(11);
    await phone.rest(1_000);
    const summary = await finished(there, phone);
    expect(summary).toMatchObject({ receivedMs: 2_000, results: 1, transcribedMs: 1_000 });
  });

  it('is forgotten by the first one when it comes back there with a token of the second', async () => {
    const { here, there } = two();
    const old = here.start();
    await old.speak(1_000);
    await old.rest(800);
    old.line.lost();
    const phone = there.resume(old);
    await phone.speak(1_000);
    await phone.rest(800);
    const back = here.resume(phone);
    expect(back.last('ready')).toMatchObject({ resumed: 'taken', session: 's1', result: 3 });
    expect(here.taken).toEqual([['s1', 'there']]);
    expect(here.metrics.ends.replaced).toBe(1);
    const summary = await finished(here, back);
    expect(summary).toMatchObject({ transcribedMs: 2_000, results: 2 });
    there.registry.release('s1');
    await expectEmpty(here);
    await expectEmpty(there);
  });

  it('takes over after an error, since this process has forgotten the session too', async () => {
    const rig = new SessionRig();
    const old = rig.start();
    await old.speak(1_000);
    await old.rest(1_300);
    old.session.end({ code: 'overloaded', message: 'no room' });
    old.line.lost();
    const phone = rig.resume(old);
    expect(phone.last('ready')).toMatchObject({ resumed: 'taken', frame: 21, result: 2 });
    expect(rig.taken).toEqual([]);
    await finished(rig, phone);
    await expectEmpty(rig);
  });

  it('takes over where finals that the device lacks are not kept any more', async () => {
    const rig = new SessionRig({ settings: { EARSHOT_KEPT_BYTES_MAX: '4096' } });
    const old = rig.start();
    const first = { token: old.token, result: 0 };
    for (let n = 0; n < 20; n++) {
      await old.speak(300);
      await old.rest(700);
    }
    old.line.lost();
    const phone = rig.start({ resume: first });
    expect(phone.last('ready')).toMatchObject({ resumed: 'taken', frame: 1, result: 1 });
    expect(rig.metrics.ends.replaced).toBe(1);
    await finished(rig, phone);
  });
});
