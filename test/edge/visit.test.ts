import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Terms } from '../../src/edge/claims.ts';
import { Gate } from '../../src/edge/gate.ts';
import { Meters } from '../../src/edge/meter.ts';
import { Visit } from '../../src/edge/visit.ts';
import type { Fault } from '../../src/wire/fault.ts';
import { isFault } from '../../src/wire/fault.ts';
import type { ClientMessage } from '../../src/wire/message.ts';
import { parseMessage } from '../../src/wire/message.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

function message(fields: object): ClientMessage {
  const parsed = parseMessage(JSON.stringify(fields));
  if (isFault(parsed)) throw new Error(parsed.message);
  return parsed;
}

function start(fields: object = {}): ClientMessage {
  return message({ type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000, ...fields });
}

function rig(more: Partial<Terms> | undefined) {
  const clock = new FakeClock();
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
    ...{ visitor, clock, meter: meter === 'full' ? undefined : meter },
    config: { authGraceMsMax: 10_000, language: 'en-US' },
    onExpired: (fault) => faults.push(fault),
  });
  return { clock, visit, faults };
}

describe('Visit', () => {
  it('lets anybody do anything where nobody has said what they may', async () => {
    const { clock, visit, faults } = rig(undefined);
    expect(visit.message(start({ model: 'x', language: 'fr' }))).toBeUndefined();
    expect(visit.audio(1e9)).toBeUndefined();
    await clock.advance(100_000);
    expect(faults).toEqual([]);
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
    if (says === undefined) expect(fault).toBeUndefined();
    else expect(fault).toMatchObject({ code: 'forbidden', message: expect.stringMatching(says) });
  });

  it('counts audio in either form against what the token allows', () => {
    const { visit } = rig({ audioMsMax: 300 });
    visit.message(start());
    expect(visit.audio(3_200)).toBeUndefined();
    const content = Buffer.alloc(3_200).toString('base64');
    expect(visit.message(message({ type: 'audio', content }))).toBeUndefined();
    expect(visit.audio(3_000)).toBeUndefined();
    expect(visit.audio(3_200)).toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/300 ms/),
    });
  });
});
