/**
 * Story: what a person is told of the way to the server, while the transcript goes on elsewhere.
 */
import type { StreamState } from '../client/options.ts';
import type { StreamError } from '../client/problem.ts';
import { printable, timeOf } from './captions.ts';

/** One sentence, without what could steer a terminal; undefined where there is nothing to say. */
export function storyOf(state: StreamState): string | undefined {
  switch (state.state) {
    case 'reconnecting': {
      const { why, waitMs, attempt } = state;
      const again = `connecting again in ${(waitMs / 1000).toFixed(1)} s (attempt ${attempt})`;
      return `${printable(why.message)}; ${again}`;
    }
    case 'resting':
      return `${printable(state.why.message)}; connecting again when there is audio`;
    case 'resumed':
      return 'connected again, and the session goes on';
    case 'live':
      if (state.fromMs === undefined) return undefined;
      return `another session has begun: its 0 is ${timeOf(state.fromMs)} of the one before`;
    case 'connecting':
    case 'ended':
      return undefined;
  }
}

/** Why waiting makes no sense: at the very first attempt nothing that could answer was there. */
export function hopeless(state: StreamState): StreamError | undefined {
  if (state.state !== 'reconnecting') return undefined;
  const { code, retryAfterMs } = state.why;
  return code === 'unreachable' && retryAfterMs === undefined ? state.why : undefined;
}
