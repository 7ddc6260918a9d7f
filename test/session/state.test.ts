import { describe, expect, it } from 'vitest';
import type { Event, State } from '../../src/session/state.ts';
import { LEG_NEXT, next, STATES, UPSTREAM_NEXT } from '../../src/session/state.ts';

const EVENTS = [
  'start',
  'yield',
  'finish',
  'lost',
  'resume',
  'settled',
  'fail',
] as const satisfies readonly Event[];

describe('next()', () => {
  it.each([
    ['opening', 'start', 'open'],
    ['open', 'finish', 'finishing'],
    ['opening', 'yield', 'closed'],
    ['open', 'lost', 'detached'],
    ['open', 'resume', 'open'],
    ['detached', 'resume', 'open'],
    ['finishing', 'finish', 'finishing'],
    ['finishing', 'lost', 'undelivered'],
    ['finishing', 'resume', 'finishing'],
    ['undelivered', 'resume', 'finishing'],
    ['finishing', 'settled', 'closed'],
    ['opening', 'lost', 'closed'],
  ] satisfies [State, Event, State][])('%s, then %s: %s', (state, event, after) => {
    expect(next(state, event)).toBe(after);
  });

  it.each([
    ['opening', 'finish'],
    ['opening', 'settled'],
    ['open', 'start'],
    ['open', 'settled'],
    ['finishing', 'start'],
    ['opening', 'resume'],
    ['open', 'yield'],
    ['detached', 'lost'],
    ['detached', 'settled'],
    ['undelivered', 'finish'],
  ] satisfies [State, Event][])('%s knows no %s', (state, event) => {
    expect(next(state, event)).toBe(undefined);
  });

  it('can fail in every state but the last, which nothing follows', () => {
    for (const state of STATES) {
      expect(next(state, 'fail')).toBe(state === 'closed' ? undefined : 'closed');
    }
    for (const event of EVENTS) expect(next('closed', event)).toBe(undefined);
  });

  it('reaches every state, and from each one the end', () => {
    const after = (state: State): State[] =>
      EVENTS.map((event) => next(state, event)).filter((each) => each !== undefined);
    const reached = new Set<State>(['opening']);
    for (const state of reached) for (const each of after(state)) reached.add(each);
    expect([...reached].sort()).toEqual([...STATES].sort());
  });
});

describe.each([
  ['UPSTREAM_NEXT', 'idle', UPSTREAM_NEXT],
  ['LEG_NEXT', 'waiting', LEG_NEXT],
] as [string, string, { readonly [state: string]: readonly string[] }][])(
  '%s',
  (_, first, table) => {
    it('reaches every state', () => {
      const reached = new Set([first]);
      for (const state of reached) for (const each of table[state] ?? []) reached.add(each);
      expect([...reached].sort()).toEqual(Object.keys(table).sort());
    });

    it('can end in every state, and then for good', () => {
      for (const [state, after] of Object.entries(table)) {
        expect(after.includes('ended')).toBe(state !== 'ended');
      }
      expect(table['ended']).toEqual([]);
    });
  },
);
