import { describe, expect, it } from 'vitest';
import type { Event, LineEvent, LineState, State } from '../../src/client/state.ts';
import { next, nextOfLine } from '../../src/client/state.ts';

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

const LINE_STATES: readonly LineState[] = ['asking', 'open', 'waiting', 'held', 'resting', 'over'];
const LINE_EVENTS: readonly LineEvent[] = [
  'token',
  'lost',
  'lost_held',
  'lost_idle',
  'due',
  'hint',
  'audio',
  'end',
];

describe('line states', () => {
  it('allow what the table says and nothing else', () => {
    const table = LINE_STATES.map((state) =>
      LINE_EVENTS.map((event) => nextOfLine(state, event) ?? '-').join(' '),
    );
    expect(table).toEqual([
      'open waiting - - - - - over', // asking
      '- waiting held resting - - - over', // open
      '- - - - asking asking - over', // waiting
      '- - - - asking - - over', // held
      '- - - - - - asking over', // resting
      '- - - - - - - -', // over
    ]);
  });
});
