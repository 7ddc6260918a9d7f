/**
 * Session states: the only place that says what may follow what.
 *
 *   opening ──start──▶ open ──finish──▶ finishing ──settled──▶ closed
 *                 lost ▼ ▲ resume    lost ▼ ▲ resume
 *                    detached         undelivered        opening ──lost, yield──▶ closed
 *   every state ──fail──▶ closed
 *
 * opening: a socket without a `start`; it may yield that socket to a session that it resumes.
 * open: audio flows.  finishing: no audio follows, results do.
 * detached, undelivered: the same, but the socket is gone and another one may come.
 */

export const STATES = [
  'opening',
  'open',
  'finishing',
  'detached',
  'undelivered',
  'closed',
] as const;
export type State = (typeof STATES)[number];
export type Event = 'start' | 'yield' | 'finish' | 'lost' | 'resume' | 'settled' | 'fail';

const NEXT: { readonly [S in State]: { readonly [E in Event]?: State } } = {
  opening: { start: 'open', yield: 'closed', lost: 'closed', fail: 'closed' },
  // A resume may come before the old socket is known to be lost.
  open: { finish: 'finishing', lost: 'detached', resume: 'open', fail: 'closed' },
  finishing: {
    finish: 'finishing',
    lost: 'undelivered',
    resume: 'finishing',
    settled: 'closed',
    fail: 'closed',
  },
  detached: { resume: 'open', fail: 'closed' },
  undelivered: { resume: 'finishing', fail: 'closed' },
  closed: {},
};

/** The state after `event`, or undefined when the event is not allowed now. */
export function next(state: State, event: Event): State | undefined {
  return NEXT[state][event];
}

/** The state after `event`, with one session less in `counts` of the old one and one more of the new. */
export function enter(
  state: State,
  event: Event,
  counts: { [S in Exclude<State, 'closed'>]: number },
): State {
  const after = next(state, event);
  if (after === undefined) throw new TypeError(`${event} in state ${state}`);
  if (state !== 'closed') counts[state] -= 1;
  if (after !== 'closed') counts[after] += 1;
  return after;
}

/**
 * States of a session's upstream: whether it may have recognizer streams.
 *
 *   idle ──audio──▶ queued ──slot──▶ live ──nothing to hear, or no start──▶ idle     any ──▶ ended
 *   idle, queued ──detach──▶ parted ──attach──▶ idle
 *   live ──detach──▶ parting ──streams over──▶ parted          parting ──attach──▶ live
 */
export type UpstreamState = 'idle' | 'queued' | 'live' | 'parting' | 'parted' | 'ended';

export const UPSTREAM_NEXT: { readonly [S in UpstreamState]: readonly UpstreamState[] } = {
  idle: ['queued', 'parted', 'ended'],
  queued: ['live', 'parted', 'ended'],
  live: ['idle', 'parting', 'ended'],
  parting: ['live', 'parted', 'ended'],
  parted: ['idle', 'ended'],
  ended: [],
};

/** Whether the tape is read in that state, by other legs than those that are closed. */
export const UPSTREAM_READS: { readonly [S in UpstreamState]: boolean } = {
  ...{ idle: true, queued: true, live: true },
  ...{ parting: false, parted: false, ended: false },
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
