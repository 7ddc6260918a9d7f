import { describe, expect, it } from 'vitest';
import type { PageEvent } from '../../src/page/state.ts';
import { next } from '../../src/page/state.ts';

function stateAfter(...events: PageEvent[]): string | undefined {
  let state = next('idle', events[0] ?? 'end');
  for (const event of events.slice(1)) state = state && next(state, event);
  return state;
}

describe('next()', () => {
  it('leads from a press over the microphone and the last words back to idle', () => {
    expect(stateAfter('begin')).toBe('asking');
    expect(stateAfter('begin', 'given')).toBe('talking');
    expect(stateAfter('begin', 'given', 'stop')).toBe('finishing');
    expect(stateAfter('begin', 'given', 'stop', 'end')).toBe('idle');
  });

  it('lets a person think better of it, and a stream end by itself', () => {
    expect(stateAfter('begin', 'stop')).toBe('idle');
    expect(stateAfter('begin', 'stop', 'given')).toBeUndefined();
    expect(stateAfter('begin', 'given', 'end')).toBe('idle');
    expect(stateAfter('begin', 'given', 'stop', 'stop')).toBe('idle');
  });

  it('knows no second talk beside the first', () => {
    expect(stateAfter('begin', 'given', 'begin')).toBeUndefined();
  });
});
