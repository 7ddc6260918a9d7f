import { describe, expect, it } from 'vitest';
import { newSealer } from '../../src/client/seal.ts';
import type { Clock, Timer } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { readConfig } from '../../src/config.ts';
import type { Terms } from '../../src/edge/claims.ts';
import { Gate } from '../../src/edge/gate.ts';
import { Meters } from '../../src/edge/meter.ts';
import { Visit } from '../../src/edge/visit.ts';
import type { Fault } from '../../src/wire/fault.ts';
import { isFault } from '../../src/wire/fault.ts';
import type { ClientMessage } from '../../src/wire/message.ts';
import { parseMessage } from '../../src/wire/message.ts';
import { deviceKeyOf, fleetSecretOf } from '../../src/wire/seal.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

function message(fields: object): ClientMessage {
  const parsed = parseMessage(JSON.stringify(fields));
  if (isFault(parsed)) throw new Error(parsed.message);
  return parsed;
}

function start(fields: object = {}): ClientMessage {
  return message({ type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000, ...fields });
}

function rig(more: Partial<Terms> | undefined, config: Partial<Config> = {}, waits: number[] = []) {
  const clock = new FakeClock();
  const after = (delayMs: number, run: () => void): Timer => {
    waits.push(delayMs);
    return clock.after(delayMs, run);
  };
  const noting: Clock = { nowMs: () => clock.nowMs(), wallMs: () => clock.wallMs(), after };
  const terms = more && { expiresMs: clock.wallMs() + 60_000, ...more };
  const visitor = { device: { id: 'd', fleet: 'f' }, terms };
  const meter = new Meters().of(visitor, clock.wallMs());
  const faults: Fault[] = [];
  const visit = new Visit({
    pass: new Gate(readConfig({ EARSHOT_DEVICE_MESSAGES_PER_SECOND_MAX: '1' })).enter(
      '',
      visitor,
      0,
    ),
    ...{ visitor, clock: noting, meter: meter === 'full' ? undefined : meter },
    config: { ...readConfig({}), authGraceMsMax: 10_000, ...config },
    party: { fault: (fault) => faults.push(fault) },
  });
  return { clock, visit, faults };
}

describe('Visit', () => {
  it('lets anybody do anything where nobody has said what they may', async () => {
    const { clock, visit, faults } = rig(undefined);
    expect(visit.message(start({ model: 'x', language: 'fr' }))).toHaveProperty('model');
    expect(visit.frame(new Uint8Array(5))).toEqual(new Uint8Array(5));
    await clock.advance(100_000);
    expect(faults).toEqual([]);
  });

  it('holds a token of a month for as long as it is good, in steps that a timer can hold', async () => {
    const monthMs = 30 * 24 * 3_600_000;
    const waits: number[] = [];
    const { clock, faults } = rig({ expiresMs: Date.UTC(2026, 0, 1) + monthMs }, {}, waits);
    await clock.advance(monthMs + 9_999);
    expect(faults).toEqual([]);
    await clock.advance(1);
    expect(faults).toMatchObject([{ code: 'token_expired' }]);
    expect(Math.max(...waits)).toBeLessThan(2 ** 31);
  });

  it('ends some time after the token has expired, with a code that a resume follows', async () => {
    const { clock, faults } = rig({});
    await clock.advance(69_999);
    expect(faults).toEqual([]);
    await clock.advance(1);
    expect(faults).toMatchObject([{ code: 'token_expired' }]);
  });

  it('waits no longer once the socket is gone', () => {
    const { clock, visit } = rig({});
    visit.leave();
    expect(clock.pending).toBe(0);
  });

  it('counts what comes against what may', () => {
    const { visit } = rig(undefined);
    for (let n = 0; n < 20; n++) expect(visit.came(1)).toBeUndefined();
    expect(visit.came(1)).toMatchObject({ code: 'rate_limited' });
  });

  it('takes 16 KiB until start has come, counted in bytes', () => {
    const { visit } = rig({});
    expect(visit.text('x'.repeat(16_384))).toBeUndefined();
    expect(visit.text('é'.repeat(8_193))).toMatchObject({ code: 'frame_too_large' });
    visit.message(start());
    expect(visit.text('x'.repeat(50_000))).toBeUndefined();
  });

  it.each([
    [{ models: ['a'] }, { model: 'a' }, undefined],
    [{ models: ['a'] }, { model: 'b' }, /model is 'b', expected what the token allows: a/],
    [{ models: ['a'] }, {}, /model is absent/],
    [{ languages: ['en'] }, { language: 'en-GB' }, undefined],
    [{ languages: ['EN-us'] }, {}, undefined],
    [{ languages: ['en-GB'] }, {}, /language is 'en-US'/],
    [{ languages: ['en'] }, { language: 'eng' }, /language is 'eng'/],
    [{ languages: ['en'] }, { languages: ['en', 'fr'] }, /languages is 'fr'/],
    [{ languages: [] }, {}, /expected what the token allows/],
  ])('with %j start %j: %s', (terms, fields, says) => {
    const fault = rig(terms).visit.message(start(fields));
    if (says === undefined) expect(fault).toHaveProperty('type', 'start');
    else expect(fault).toMatchObject({ code: 'forbidden', message: expect.stringMatching(says) });
  });

  it('counts audio in either form against what the token allows', () => {
    const { visit } = rig({ audioMsMax: 300 });
    visit.message(start());
    expect(visit.frame(new Uint8Array(3_200))).toHaveLength(3_200);
    const content = Buffer.alloc(3_200).toString('base64');
    expect(visit.message(message({ type: 'audio', content }))).toHaveProperty('content');
    expect(visit.frame(new Uint8Array(3_000))).toHaveLength(3_000);
    expect(visit.frame(new Uint8Array(3_200))).toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/300 ms/),
    });
  });
});

describe('Visit: signed frames', () => {
  const SECRET = 'a-secret-of-thirty-two-characters';
  const SIGNED = { integritySecret: SECRET } as const;
  const KEY = deviceKeyOf(fleetSecretOf(SECRET, 'f'), 'd');
  const AUDIO = new Uint8Array([1, 2, 3, 4]);
  const READY = {
    type: 'ready',
    resumed: false,
    result: 1,
    windowMs: 0,
    maxFrameBytes: 1,
  } as const;

  /** A session that is ready for frame 5, and what seals its frames. */
  function signed() {
    const { visit } = rig({}, SIGNED);
    visit.message(start({ integrity: 'hmac-sha256' }));
    visit.handed({ ...READY, session: 's', frame: 5, maxFrameMs: 1, keepaliveMs: 1 });
    const sealer = newSealer(KEY, 's');
    return { visit, seal: (n: number): Uint8Array => sealer.seal(n, AUDIO) };
  }

  it('are opened in order, in either form, and gaps take their numbers', () => {
    const { visit, seal } = signed();
    expect(visit.frame(seal(5))).toEqual(AUDIO);
    const content = Buffer.from(seal(6)).toString('base64');
    expect(visit.message(message({ type: 'audio', content }))).toMatchObject({
      content: Buffer.from(AUDIO).toString('base64'),
    });
    visit.message(message({ type: 'gap', ms: 100, frames: 3 }));
    expect(visit.frame(seal(10))).toEqual(AUDIO);
  });

  it.each([
    ['repeated', (seal: (n: number) => Uint8Array) => [seal(5), seal(5)]],
    ['swapped', (seal: (n: number) => Uint8Array) => [seal(6), seal(5)]],
    ['left out', (seal: (n: number) => Uint8Array) => [seal(5), seal(7)]],
    ['cut', (seal: (n: number) => Uint8Array) => [seal(5).subarray(0, -2)]],
    ['made longer', (seal: (n: number) => Uint8Array) => [Buffer.concat([seal(5), AUDIO])]],
    ['altered', (seal: (n: number) => Uint8Array) => [seal(5).with(17, 9)]],
    [
      'sealed otherwise',
      (seal: (n: number) => Uint8Array) => [seal(5).with(0, (seal(5)[0] ?? 0) ^ 1)],
    ],
    ['bare', () => [AUDIO]],
    ['nothing but a seal', (seal: (n: number) => Uint8Array) => [seal(5).subarray(0, 16)]],
    ['of another session', () => [newSealer(KEY, 't').seal(5, AUDIO)]],
    [
      'of another device',
      () => [newSealer(deviceKeyOf(fleetSecretOf(SECRET, 'f'), 'e'), 's').seal(5, AUDIO)],
    ],
    [
      'of another fleet',
      () => [newSealer(deviceKeyOf(fleetSecretOf(SECRET, 'g'), 'd'), 's').seal(5, AUDIO)],
    ],
  ])('are refused when one is %s', (_, frames) => {
    const { visit, seal } = signed();
    const last = frames(seal)
      .map((frame) => visit.frame(Uint8Array.from(frame)))
      .at(-1);
    expect(last).toMatchObject({ code: 'bad_audio' });
  });

  it('must be where that is set, and can not be where there is no secret', () => {
    const must = rig({}, { ...SIGNED, integrity: 'required' });
    expect(must.visit.message(start())).toMatchObject({
      code: 'bad_config',
      message: 'start.integrity is absent, expected hmac-sha256',
    });
    const cannot = rig({});
    expect(cannot.visit.message(start({ integrity: 'hmac-sha256' }))).toMatchObject({
      code: 'bad_config',
      message: expect.stringMatching(/has no secret/),
    });
  });
});
