/**
 * Session states: the only place that says what may follow what.
 *
 *   opening ──start──▶ open ──finish──▶ finishing ──settled──▶ closed
 *                       └──────lost─────────▼──────▶ leaving ──settled──▶ closed
 *   every state ──fail──▶ closed        opening ──lost──▶ closed
 *
 * opening: a socket without a `start`.  open: audio flows.  finishing: no audio follows, results do.
 * leaving: the socket is gone, what was said is still being settled.
 */

export const STATES = ['opening', 'open', 'finishing', 'leaving', 'closed'] as const;
export type State = (typeof STATES)[number];
export type Event = 'start' | 'finish' | 'lost' | 'settled' | 'fail';

const NEXT: { readonly [S in State]: { readonly [E in Event]?: State } } = {
  opening: { start: 'open', lost: 'closed', fail: 'closed' },
  open: { finish: 'finishing', lost: 'leaving', fail: 'closed' },
  finishing: { finish: 'finishing', lost: 'leaving', settled: 'closed', fail: 'closed' },
  leaving: { settled: 'closed', fail: 'closed' },
  closed: {},
};

/** The state after `event`, or undefined when the event is not allowed now. */
export function next(state: State, event: Event): State | undefined {
  return NEXT[state][event];
}

/**
 * States of a session's upstream: whether it may have recognizer streams.
 *
 *   idle ──audio──▶ queued ──slot──▶ live ──nothing to hear──▶ idle        any ──▶ ended
 */
export type UpstreamState = 'idle' | 'queued' | 'live' | 'ended';

export const UPSTREAM_NEXT: { readonly [S in UpstreamState]: readonly UpstreamState[] } = {
  idle: ['queued', 'ended'],
  queued: ['live', 'ended'],
  live: ['idle', 'ended'],
  ended: [],
};

/**
 * States of a leg: the stretch of audio that one stream hears.
 *
 *   waiting ──open──▶ live ──all heard──▶ draining ──▶ ended
 *                      ▲ └────failed◀────────┘
 *                      └──due── retrying ◀── failed
 */
export type LegState = 'waiting' | 'live' | 'draining' | 'failed' | 'retrying' | 'ended';

export const LEG_NEXT: { readonly [S in LegState]: readonly LegState[] } = {
  waiting: ['live', 'ended'],
  live: ['draining', 'failed', 'ended'],
  draining: ['failed', 'ended'],
  failed: ['retrying', 'ended'],
  retrying: ['live', 'ended'],
  ended: [],
};
