/**
 * Client states: the only place that says what may follow what.
 *
 *   connecting ──opened──▶ starting ──ready──▶ live ──error──▶ closing
 *                              └─────────error──────────────────▲
 *   every state ──end──▶ ended
 *
 * And of the line, that takes one connection after another: see LINE.
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

/**
 * `asking`: for a token; `open`: there is a connection, live or not; `waiting`: for the time of the
 * next attempt; `held`: likewise, and the server has asked for the wait; `resting`: for audio.
 */
export type LineState = 'asking' | 'open' | 'waiting' | 'held' | 'resting' | 'over';
/** `hint`: the network may be back; `audio`: there is something to bring; `due`: the wait is over. */
export type LineEvent =
  | 'token'
  | 'lost'
  | 'lost_held'
  | 'lost_idle'
  | 'due'
  | 'hint'
  | 'audio'
  | 'end';

const LINE: { readonly [S in LineState]: { readonly [E in LineEvent]?: LineState } } = {
  asking: { token: 'open', lost: 'waiting', end: 'over' },
  open: { lost: 'waiting', lost_held: 'held', lost_idle: 'resting', end: 'over' },
  waiting: { due: 'asking', hint: 'asking', end: 'over' },
  held: { due: 'asking', end: 'over' },
  resting: { audio: 'asking', end: 'over' },
  over: {},
};

/** The line's state after `event`, or undefined when the event means nothing now. */
export function nextOfLine(state: LineState, event: LineEvent): LineState | undefined {
  return LINE[state][event];
}
