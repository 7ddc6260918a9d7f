/**
 * Page states: the only place that says what may follow what while somebody talks to the page.
 *
 *   idle ──begin──▶ asking ──given──▶ talking ──stop──▶ finishing ──end──▶ idle
 *                     └──────────end, from every state───────────────────▲
 */

/** `asking`: for the microphone, or for the sound in a file; `finishing`: its summary is to come. */
export type PageState = 'idle' | 'asking' | 'talking' | 'finishing';
export type PageEvent = 'begin' | 'given' | 'stop' | 'end';

const NEXT: { readonly [S in PageState]: { readonly [E in PageEvent]?: PageState } } = {
  idle: { begin: 'asking' },
  asking: { given: 'talking', stop: 'idle', end: 'idle' },
  talking: { stop: 'finishing', end: 'idle' },
  finishing: { stop: 'idle', end: 'idle' },
};

/** The state after `event`, or undefined when the event means nothing now. */
export function next(state: PageState, event: PageEvent): PageState | undefined {
  return NEXT[state][event];
}
