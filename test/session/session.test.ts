import { describe, expect, it } from 'vitest';
import { expectBalance, expectEmpty, finished } from '../fakes/session-end.ts';
import { SessionRig } from '../fakes/session-rig.ts';

describe('Session', () => {
  it('answers start with ready and speech with interims, a final and a summary', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    expect(phone.heard).toEqual([
      {
        type: 'ready',
        session: 's1',
        resumed: false,
        frame: 1,
        result: 1,
        windowMs: 5_000,
        maxFrameBytes: 65_536,
        maxFrameMs: 1_000,
        keepaliveMs: 10_000,
        resume: phone.token,
      },
    ]);
    await phone.rest(500);
    await phone.speak(1_200);
    await phone.rest(1_000);
    expect(phone.all('interim').map(({ start, end }) => [start, end])).toEqual([
      [500, 1_000],
      [500, 1_500],
    ]);
    expect(phone.last('final')).toEqual({
      ...{ type: 'final', result: 1, start: 500, end: 1_700, text: 'w1' },
      ...{ settled: 17, settledMs: 1_700, resume: expect.any(String) },
    });
    const summary = await finished(rig, phone);
    expect(summary).toMatchObject({ receivedMs: 2_700, transcribedMs: 1_200, silentMs: 1_500 });
    expect(summary).toMatchObject({ streams: 1, results: 1, replayedMs: 0, missingMs: 0 });
    expect(phone.closed).toEqual({ code: 1000, reason: 'finished' });
    await expectEmpty(rig);
  });

  it('sends no message after the summary and none twice', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.speak(1_000);
    phone.say({ type: 'finish' });
    phone.say({ type: 'finish' });
    await rig.clock.advance(5_000);
    expect(phone.types.at(-1)).toBe('summary');
    expect(phone.all('summary')).toHaveLength(1);
    expect(phone.all('final')).toHaveLength(1);
  });

  it('finishes at once when nothing was said', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    phone.say({ type: 'finish' });
    expect(phone.types).toEqual(['ready', 'summary']);
    expect(rig.scripted.streams).toHaveLength(0);
    await expectEmpty(rig);
  });

  it('acks once a second, and sooner when a quarter of the window has come', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.rest(3_300);
    expect(phone.all('ack').length).toBe(3);
    const { windowMs = 0 } = phone.last('ack') ?? {};
    for (let ms = 0; ms <= windowMs / 4; ms += 100) phone.session.frame(new Uint8Array(3_200));
    await rig.clock.advance(200);
    expect(phone.last('ack')?.received).toBe(33 + Math.floor(windowMs / 400) + 1);
    await rig.clock.advance(1_000);
    const before = phone.all('ack').length;
    await rig.clock.advance(5_000);
    expect(phone.all('ack').length - before).toBe(5);
  });

  it('never says a settled that lies beyond the last final', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.speak(3_000);
    expect(phone.last('ack')).toMatchObject({ received: 21, settled: 0, settledMs: 0 });
    await phone.rest(1_000);
    expect(phone.last('final')).toMatchObject({ settled: 30, settledMs: 3_000 });
  });

  it('ends a connection without a start', async () => {
    const rig = new SessionRig();
    const phone = rig.connect();
    await rig.clock.advance(4_900);
    expect(phone.closed).toBeUndefined();
    await rig.clock.advance(300);
    expect(phone.last('error')).toMatchObject({ code: 'start_timeout', retryable: true });
    expect(phone.closed).toEqual({ code: 4014, reason: 'start_timeout' });
    await expectEmpty(rig);
  });

  it('ends a session that sends neither audio nor keepalive, and says what is unsettled', async () => {
    const rig = new SessionRig({
      scripted: { script: () => ({ hangs: true }) },
      settings: { EARSHOT_RETRIES_MAX: '100' },
    });
    const phone = rig.start();
    await phone.speak(1_000);
    for (let n = 0; n < 6; n++) {
      await rig.clock.advance(10_000);
      phone.say({ type: 'keepalive' });
    }
    expect(phone.closed).toBeUndefined();
    await rig.clock.advance(30_200);
    expect(phone.last('error')).toMatchObject({
      code: 'idle',
      retryable: true,
      from: 0,
      to: 1_000,
    });
    expect(phone.closed?.code).toBe(4012);
    await expectEmpty(rig);
  });

  it('holds an unsettled minute in the window: it shrinks to nothing and opens again', async () => {
    const rig = new SessionRig({ scripted: { script: (n) => ({ pressed: n === 1 }) } });
    const phone = rig.start();
    let sent = 0;
    for (let n = 0; n < 800; n++) {
      const { received = 0, windowMs = 5_000 } = phone.last('ack') ?? {};
      const alone = windowMs > 0 && received * 100 === sent;
      const fits = alone || sent + 100 <= received * 100 + windowMs;
      if (fits) phone.frame(100, 1000);
      if (fits) sent += 100;
      await rig.clock.advance(100);
      if (n % 100 === 0) phone.say({ type: 'keepalive' });
    }
    expect(phone.last('ack')?.windowMs).toBe(0);
    expect(phone.all('gap')).toEqual([]);
    expect(sent).toBeGreaterThan(58_000);
    expect(sent).toBeLessThanOrEqual(60_000);
    rig.scripted.streams[0]?.drain();
    phone.say({ type: 'keepalive' });
    await rig.clock.advance(28_000);
    phone.say({ type: 'finalize' });
    phone.say({ type: 'keepalive' });
    await rig.clock.advance(8_000);
    expect(phone.last('ack')?.windowMs).toBe(5_000);
    const summary = await finished(rig, phone);
    expect(summary).toMatchObject({ receivedMs: sent, transcribedMs: sent });
    await expectEmpty(rig);
  });

  it('drops what comes beyond the window, says so, and ends after 10 s of it', async () => {
    const rig = new SessionRig({ slotsMax: 0 });
    const phone = rig.start();
    phone.send100(5_000, 1000);
    phone.send100(200, 1000);
    expect(phone.all('warning').map(({ code }) => code)).toEqual(['too_fast']);
    phone.send100(10_000, 1000);
    expect(phone.last('error')).toMatchObject({
      code: 'too_fast',
      retryAfterMs: 5_000,
      to: 14_900 + 200,
    });
    expect(phone.closed?.code).toBe(4013);
    await expectEmpty(rig);
  });

  it('reports dropped audio as a gap in its place and transcribes what is around it', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    phone.send100(5_000, 1000);
    phone.send100(300, 1000);
    await rig.clock.advance(1_000);
    await phone.rest(1_000);
    const order = phone.heard.filter(({ type }) => type === 'final' || type === 'gap');
    expect(order).toMatchObject([
      { type: 'final', start: 0, end: 5_000, settledMs: 5_000 },
      { type: 'gap', start: 5_000, end: 5_300, reason: 'overrun', settled: 53, settledMs: 5_300 },
    ]);
    const summary = await finished(rig, phone);
    expect(summary).toMatchObject({ receivedMs: 6_300, droppedMs: { overrun: 300 } });
    expectBalance(summary);
    await expectEmpty(rig);
  });
});

describe('A session whose socket is lost', () => {
  it('says nothing, gives its slot back, and is forgotten when nobody comes', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.speak(1_050);
    const heard = phone.heard.length;
    phone.line.lost();
    expect(rig.metrics.sessions).toMatchObject({ open: 0, detached: 1 });
    await rig.clock.advance(5_000);
    expect(rig.slots.used).toBe(0);
    await rig.clock.advance(24_700);
    expect(rig.registry.size).toBe(1);
    await rig.clock.advance(500);
    expect(phone.heard.length).toBe(heard);
    expect(rig.metrics.audioSeconds.released).toBeCloseTo(1.05, 9);
    expect(rig.metrics.ends.lost).toBe(1);
    await expectEmpty(rig);
  });

  it('leaves the queue at once', async () => {
    const rig = new SessionRig({ slotsMax: 0 });
    const phone = rig.start();
    await phone.speak(1_000);
    expect(rig.slots.depth).toBe(1);
    phone.line.lost();
    expect(rig.slots.depth).toBe(0);
    await rig.clock.advance(30_200);
    expect(rig.metrics.audioSeconds.released).toBeCloseTo(1, 9);
    await expectEmpty(rig);
  });

  it('is forgotten at once where the process goes away, or nobody is waited for', async () => {
    for (const settings of [{}, { EARSHOT_RESUME_GRACE_MS_MAX: '0' }]) {
      const rig = new SessionRig({ settings });
      rig.isDraining = !('EARSHOT_RESUME_GRACE_MS_MAX' in settings);
      const phone = rig.start();
      await phone.speak(1_000);
      phone.line.lost();
      await expectEmpty(rig);
      expect(rig.metrics.audioSeconds.released).toBeCloseTo(1, 9);
    }
  });

  it('is forgotten at once when as many wait already as may be connected', async () => {
    const rig = new SessionRig({ settings: { EARSHOT_SESSIONS_MAX: '2' } });
    for (const phone of [rig.start(), rig.start(), rig.start()]) phone.line.lost();
    expect(rig.metrics.sessions.detached).toBe(2);
    expect(rig.metrics.ends.lost).toBe(1);
    await rig.clock.advance(31_000);
    await expectEmpty(rig);
  });

  it('is forgotten at once before its start', async () => {
    const rig = new SessionRig();
    rig.connect().line.lost();
    await expectEmpty(rig);
  });

  it('ends when the device does not read its results', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.speak(400);
    phone.reads = false;
    await phone.speak(400);
    expect(phone.last('error')).toMatchObject({ code: 'slow_consumer', retryable: true });
    expect(phone.closed?.code).toBe(4008);
    await expectEmpty(rig);
  });
});

describe('Many sessions', () => {
  it('leave no session, slot, byte or timer: 1,000 opened and closed in every way', async () => {
    const rig = new SessionRig({ slotsMax: 1_000 });
    for (let round = 0; round < 10; round++) {
      const phones = Array.from({ length: 100 }, () => rig.start());
      for (const phone of phones) phone.send100(1_000, 1000);
      await rig.clock.advance(300);
      for (const [n, phone] of phones.entries()) {
        if (n % 3 === 0) phone.say({ type: 'finish' });
        else if (n % 3 === 1) phone.line.lost();
        else phone.session.end({ code: 'draining', message: 'going away' });
      }
      await rig.clock.advance(2_000);
    }
    await rig.clock.advance(30_200);
    for (const count of Object.values(rig.metrics.sessions)) expect(count).toBe(0);
    expect(rig.metrics.ends).toMatchObject({ finished: 340, lost: 330, draining: 330 });
    await expectEmpty(rig);
  });
});
