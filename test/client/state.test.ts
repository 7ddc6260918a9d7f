import { describe, expect, it } from 'vitest';
import type { Event, State } from '../../src/client/state.ts';
import { next } from '../../src/client/state.ts';

const STATES: readonly State[] = ['connecting', 'starting', 'live', 'closing', 'ended'];
const EVENTS: readonly Event[] = ['opened', 'ready', 'error', 'end'];

describe('client states', () => {
  it('allow what the table says and nothing else', () => {
    const table = STATES.map((state) => EVENTS.map((event) => next(state, event) ?? '-').join(' '));
    expect(table).toEqual([
      'starting - - ended', // connecting
      '- live closing ended', // starting
      '- - closing ended', // live
      '- - - ended', // closing
      '- - - -', // ended
    ]);
  });
});
