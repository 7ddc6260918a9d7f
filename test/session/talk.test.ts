import { describe, expect, it } from 'vitest';
import { expectBalance, expectEmpty, finished } from '../fakes/session-end.ts';
import { SessionRig } from '../fakes/session-rig.ts';

describe('A marker of a session', () => {
  it('finalize gives a final at once, and what follows is for the next stream', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.speak(1_000);
    phone.say({ type: 'finalize' });
    await phone.speak(500);
    expect(phone.last('final')).toMatchObject({ start: 0, end: 1_000, text: 'w1' });
    await phone.speak(500);
    const summary = await finished(rig, phone);
    expect(phone.last('final')).toMatchObject({ start: 1_000, end: 2_000, result: 2 });
    expect(summary).toMatchObject({ streams: 2, transcribedMs: 2_000, replayedMs: 0 });
    await expectEmpty(rig);
  });

  it('finalize has no effect, and asks for no slot, when all before it is settled', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    phone.say({ type: 'finalize' });
    await rig.clock.advance(1_000);
    expect(rig.scripted.streams).toHaveLength(0);
  });

  it('finalize within a second of another waits in its place, and of several the last one counts', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.speak(300);
    phone.say({ type: 'finalize' });
    for (let n = 0; n < 6; n++) {
      await phone.speak(100);
      phone.say({ type: 'finalize' });
    }
    await phone.speak(1_000);
    expect(rig.scripted.streams.length).toBe(3);
    expect(phone.all('final').map(({ end }) => end)).toEqual([300, 900]);
  });

  it('gap moves session time on, is reported in its place and is in no fate', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.speak(1_000);
    await phone.rest(1_000);
    phone.say({ type: 'gap', ms: 2_500, frames: 3 });
    await phone.rest(500);
    await phone.speak(1_000);
    const summary = await finished(rig, phone);
    expect(phone.all('gap')).toEqual([
      {
        ...{ type: 'gap', start: 2_000, end: 4_500, reason: 'client' },
        ...{ settled: 23, settledMs: 4_500, resume: expect.any(String) },
      },
    ]);
    expect(phone.all('final').map(({ start, end }) => [start, end])).toEqual([
      [0, 1_000],
      [5_000, 6_000],
    ]);
    expect(summary).toMatchObject({ receivedMs: 3_500, missingMs: 2_500, transcribedMs: 2_000 });
    expectBalance(summary);
  });

  it('gap alone asks for no slot', () => {
    const rig = new SessionRig();
    const phone = rig.start();
    phone.say({ type: 'gap', ms: 700 });
    expect(phone.last('gap')).toMatchObject({ start: 0, end: 700, settled: 0, settledMs: 700 });
    expect(rig.scripted.streams).toHaveLength(0);
  });

  it('audio_id is on the finals of its audio, and a second of quiet after a new one asks for a final', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    const say = (id: string): void => {
      const content = Buffer.from(new Int16Array(1_600).fill(1000).buffer).toString('base64');
      phone.say({ type: 'audio', content, audio_id: id });
    };
    for (let n = 0; n < 10; n++) {
      say(`id${n}`);
      await rig.clock.advance(100);
    }
    expect(rig.scripted.streams[0]?.endpoints).toBe(0);
    for (let n = 0; n < 11; n++) {
      say('id9');
      await rig.clock.advance(100);
    }
    expect(rig.scripted.streams[0]?.endpoints).toBe(1);
    expect(rig.scripted.streams).toHaveLength(1);
    await phone.rest(1_000);
    expect(phone.last('final')?.audioIds).toEqual(Array.from({ length: 10 }, (_, n) => `id${n}`));
    say('last');
    await finished(rig, phone);
    expect(phone.last('final')?.audioId).toBe('last');
  });
});
