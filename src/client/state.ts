/**
 * Client states: the only place that says what may follow what.
 *
 *   connecting ──opened──▶ starting ──ready──▶ live ──error──▶ closing
 *                              └─────────error──────────────────▲
 *   every state ──end──▶ ended
 */

/** `closing`: the server has said `error`, and its close code is still to come. */
export type State = 'connecting' | 'starting' | 'live' | 'closing' | 'ended';
export type Event = 'opened' | 'ready' | 'error' | 'end';

const NEXT: { readonly [S in State]: { readonly [E in Event]?: State } } = {
  connecting: { opened: 'starting', end: 'ended' },
  starting: { ready: 'live', error: 'closing', end: 'ended' },
  live: { error: 'closing', end: 'ended' },
  closing: { end: 'ended' },
  ended: {},
};

/** The state after `event`, or undefined when the event means nothing now. */
export function next(state: State, event: Event): State | undefined {
  return NEXT[state][event];
}
