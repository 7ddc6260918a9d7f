/**
 * Stream states: the only place that says what may follow what.
 *
 *   opening ──config──▶ listening ──half-close──▶ finishing ──end──▶ ended
 *   every state but ended: ──hang──▶ hung ──end──▶ ended; ──end──▶ ended
 */

export type State = 'opening' | 'listening' | 'finishing' | 'hung' | 'ended';
export type Event = 'config' | 'audio' | 'half-close' | 'hang' | 'end';

const NEXT: { readonly [S in State]: { readonly [E in Event]?: State } } = {
  opening: { config: 'listening', 'half-close': 'finishing', hang: 'hung', end: 'ended' },
  listening: { audio: 'listening', 'half-close': 'finishing', hang: 'hung', end: 'ended' },
  finishing: { hang: 'hung', end: 'ended' },
  hung: { end: 'ended' },
  ended: {},
};

/** The state after `event`, or undefined when the event is of no account now. */
export function next(state: State, event: Event): State | undefined {
  return NEXT[state][event];
}
