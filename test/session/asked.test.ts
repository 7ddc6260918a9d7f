import { describe, expect, it } from 'vitest';
import { bondOf, refusalOf, resumption, speechOf } from '../../src/session/asked.ts';
import { isFault } from '../../src/wire/fault.ts';
import type { Start } from '../../src/wire/message.ts';
import { parseMessage } from '../../src/wire/message.ts';
import type { Ticket } from '../../src/wire/ticket.ts';
import { Tickets } from '../../src/wire/ticket.ts';
import { SessionRig } from '../fakes/session-rig.ts';

function startOf(fields: object): Start {
  const base = { type: 'start', encoding: 'MULAW', sampleRateHertz: 8_000 };
  const start = parseMessage(JSON.stringify({ ...base, ...fields }));
  if (isFault(start) || start.type !== 'start') throw new Error('no start');
  return start;
}

const DEVICE = { id: 'd', fleet: 'f' };
const SPEECH = speechOf(startOf({}), 'en-US');
const BOND = bondOf(DEVICE, SPEECH);
const TICKET: Ticket = {
  ...{
    session: 's',
    holder: 'here',
    ...BOND,
    result: 3,
    frame: 20,
    settled: 1_600,
    into: 0,
    lead: 0,
    said: '-',
  },
  ...{ transcribed: 1_000, silent: 600, overrun: 0, upstream: 0, missing: 0 },
};

describe('speechOf()', () => {
  it('takes the language of the server where start names none', () => {
    expect(speechOf(startOf({}), 'de').languages).toEqual(['de']);
    expect(speechOf(startOf({ language: 'fr' }), 'de').languages).toEqual(['fr']);
    expect(speechOf(startOf({ languages: ['fr', 'it'] }), 'de').languages).toEqual(['fr', 'it']);
  });
});

describe('bondOf()', () => {
  it('is the same for a start that is repeated, whatever token it brings', () => {
    const resume = { token: 'x', result: 1 };
    expect(bondOf(DEVICE, speechOf(startOf({ resume, language: 'en-US' }), 'en-US'))).toEqual(BOND);
  });

  it('is another one for another device, fleet or configuration', () => {
    const bonds = [
      BOND,
      bondOf({ id: 'e', fleet: 'f' }, SPEECH),
      bondOf({ id: 'd', fleet: 'g' }, SPEECH),
      bondOf(DEVICE, { ...SPEECH, words: true }),
    ];
    const told = bonds.map(({ subject, configuration }) => `${subject} ${configuration}`);
    expect(new Set(told).size).toBe(bonds.length);
  });
});

describe('resumption()', () => {
  const tickets = new Tickets('a key of thirty-two characters!!');
  const token = tickets.issue(TICKET, 0);

  function resumed(result: number, here: { holds?: boolean; has?: boolean }) {
    const session = { holds: () => here.holds ?? true };
    const others = { find: () => (here.has === false ? undefined : session) };
    return resumption({ token, result }, BOND, { tickets, wallMs: 0, others });
  }

  it('is held where the session issued the token and has all that lacks', () => {
    expect(resumed(3, {})).toMatchObject({ how: 'held', ticket: TICKET });
    // Finals that came after the token.
    expect(resumed(4, {})).toMatchObject({ how: 'held' });
  });

  it('is taken where the session is gone, did not issue the token, or lacks something', () => {
    expect(resumed(3, { has: false })).toMatchObject({ how: 'taken', stale: undefined });
    expect(resumed(3, { holds: false })).toMatchObject({ how: 'taken', stale: expect.any(Object) });
  });

  it('is refused where only the holder could know of the finals that were seen', () => {
    for (const here of [{ has: false }, { holds: false }]) {
      expect(resumed(4, here)).toEqual({ how: 'result' });
      expect(resumed(2, here)).toEqual({ how: 'result' });
    }
  });

  it('is refused for a token that says nothing here', () => {
    const desk = { tickets, wallMs: 0, others: { find: () => undefined } };
    expect(resumption({ token: 'x', result: 0 }, BOND, desk)).toEqual({ how: 'malformed' });
    expect(refusalOf('malformed')).toMatchObject({ code: 'bad_resume', field: 'start.resume' });
  });
});

describe('A token that resumes nothing', () => {
  const BAD = { code: 4411, reason: 'bad_resume' };

  it.each([
    ['malformed', 'what is none', { token: 'x' }],
    ['result', 'finals that nobody sent', { result: 5 }],
  ])('is refused as %s: %s', async (why, _, altered) => {
    const rig = new SessionRig();
    const old = rig.start();
    await old.speak(1_000);
    old.line.lost();
    const phone = rig.start({ resume: { token: old.token, result: old.result, ...altered } });
    expect(phone.closed).toEqual(BAD);
    expect(phone.last('error')).toMatchObject({ code: 'bad_resume', retryable: true });
    expect(rig.metrics.resumes).toMatchObject({ [why]: 1 });
    // The one that waits is none the worse for it.
    expect(rig.resume(old).last('ready')).toMatchObject({ resumed: 'held' });
  });

  it('is refused for another configuration', () => {
    const rig = new SessionRig();
    const old = rig.start();
    expect(rig.resume(old, { words: true }).closed).toEqual(BAD);
    expect(rig.metrics.resumes.configuration).toBe(1);
  });

  it('is refused after ten minutes, but issued anew each minute while its socket lives', async () => {
    const rig = new SessionRig();
    const old = rig.start();
    const { token } = old;
    const issuedMs: number[] = [];
    for (let n = 0; n < 62; n++) {
      const before = old.token;
      old.say({ type: 'keepalive' });
      await rig.clock.advance(10_000);
      if (old.token !== before) issuedMs.push(rig.clock.nowMs());
    }
    expect(issuedMs.length).toBeGreaterThanOrEqual(10);
    const late = rig.start({ resume: { token, result: 0 } });
    expect(late.closed).toEqual(BAD);
    expect(rig.metrics.resumes.expired).toBe(1);
    expect(rig.resume(old).last('ready')).toMatchObject({ resumed: 'held' });
  });

  it('is refused by a server with another key', () => {
    const here = new SessionRig();
    const there = new SessionRig({
      holder: 'there',
      key: 'another key of 32 characters, at least',
    });
    expect(there.resume(here.start()).closed).toEqual(BAD);
    expect(there.metrics.resumes.forged).toBe(1);
  });
});
