import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TOKEN_CHARS_MAX } from '../../src/wire/limits.ts';
import type { Ticket } from '../../src/wire/ticket.ts';
import { digestOf, TICKET_MS_MAX, Tickets } from '../../src/wire/ticket.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const KEY = 'a key of thirty-two characters!!';
const WORD = fc.stringMatching(/^[\w-]{1,64}$/);
const NUMBER = fc.oneof(fc.nat(), fc.maxSafeInteger().map(Math.abs));
const TICKET: fc.Arbitrary<Ticket> = fc.record({
  session: fc.oneof(fc.uuid(), WORD),
  holder: WORD,
  subject: WORD,
  configuration: WORD,
  said: WORD,
  result: NUMBER,
  frame: NUMBER,
  settled: NUMBER,
  into: NUMBER,
  lead: NUMBER,
  transcribed: NUMBER,
  silent: NUMBER,
  overrun: NUMBER,
  upstream: NUMBER,
  missing: NUMBER,
});

const SPOKEN: Ticket = {
  session: '7d66e009-7462-4435-8933-4453ab4704e7',
  holder: 'h1',
  subject: digestOf(['device', 'fleet']),
  configuration: digestOf({ encoding: 'LINEAR16' }),
  ...{ result: 412, frame: 36_000, settled: 57_600_800, into: 800, lead: 300, said: 'a1-b2' },
  ...{ transcribed: 40_000_000, silent: 17_600_800, overrun: 0, upstream: 0, missing: 0 },
};

describe('Tickets', () => {
  const tickets = new Tickets(KEY);

  it('reads what was issued with the same key, on any node and within its time', () => {
    const age = fc.integer({ min: -TICKET_MS_MAX, max: TICKET_MS_MAX });
    fc.assert(
      fc.property(TICKET, age, (ticket, ageMs) => {
        const token = tickets.issue(ticket, NOW_MS);
        expect(new Tickets(KEY).read(token, ticket, NOW_MS + ageMs)).toEqual(ticket);
      }),
    );
  });

  it('refuses a token with any character altered, taken out or put in', () => {
    const alter = fc.constantFrom('alter' as const, 'cut' as const, 'insert' as const);
    const character = fc.oneof(fc.constantFrom('.', '0', 'a', 'A', '-', '='), fc.string());
    fc.assert(
      fc.property(TICKET, alter, fc.nat(), character, (ticket, how, at, by) => {
        const token = tickets.issue(ticket, NOW_MS);
        const place = at % token.length;
        const rest = token.slice(how === 'insert' ? place : place + 1);
        const forged = `${token.slice(0, place)}${how === 'cut' ? '' : by}${rest}`;
        if (forged === token) return;
        expect(['forged', 'malformed']).toContain(tickets.read(forged, ticket, NOW_MS));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a token of another key', () => {
    const token = new Tickets(`${KEY}!`).issue(SPOKEN, NOW_MS);
    expect(tickets.read(token, SPOKEN, NOW_MS)).toBe('forged');
  });

  it('refuses a token after ten minutes, and one from as far ahead', () => {
    const token = tickets.issue(SPOKEN, NOW_MS);
    expect(tickets.read(token, SPOKEN, NOW_MS + TICKET_MS_MAX)).toEqual(SPOKEN);
    expect(tickets.read(token, SPOKEN, NOW_MS + TICKET_MS_MAX + 1)).toBe('expired');
    expect(tickets.read(token, SPOKEN, NOW_MS - TICKET_MS_MAX - 1)).toBe('expired');
  });

  it('refuses another subject and another configuration', () => {
    const token = tickets.issue(SPOKEN, NOW_MS);
    expect(tickets.read(token, { ...SPOKEN, subject: 'other' }, NOW_MS)).toBe('subject');
    const other = { ...SPOKEN, configuration: digestOf({ encoding: 'MULAW' }) };
    expect(tickets.read(token, other, NOW_MS)).toBe('configuration');
  });

  it('refuses what is no token at all, however it looks', () => {
    for (const text of ['', '.', 'e1', '.'.repeat(15), 'x'.repeat(TOKEN_CHARS_MAX + 1)]) {
      expect(tickets.read(text, SPOKEN, NOW_MS)).toBe('malformed');
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        expect(typeof tickets.read(text, SPOKEN, NOW_MS)).toBe('string');
      }),
    );
  });

  it('makes a token of an hour of speech that is short and needs no escape', () => {
    const token = tickets.issue(SPOKEN, NOW_MS);
    expect(token).toMatch(/^[\w.-]+$/);
    expect(token.length).toBeLessThan(200);
  });
});

describe('digestOf()', () => {
  it('is the same for the same value, and another for another', () => {
    expect(digestOf({ a: [1, 'b'] })).toBe(digestOf({ a: [1, 'b'] }));
    expect(digestOf(['a', 'b'])).not.toBe(digestOf(['ab']));
    expect(digestOf({})).toMatch(/^[\w-]{16}$/);
  });
});
