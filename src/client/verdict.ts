/**
 * Verdict: what the end of a connection asks of the stream.
 *
 * The close code decides by its range, so that codes of later servers need no table here.
 */
import { CLOSE } from '../wire/close.ts';
import type { StreamError } from './problem.ts';

/**
 *   resume  connect again, with the resume token
 *   anew    connect again without it: what is unsettled goes into a new session
 *   rest    as resume, but not before there is audio
 *   end     the same would happen again
 */
export type Verdict = 'resume' | 'anew' | 'rest' | 'end';

/** Whether another bearer token can be had. `spent`: the newest was refused already. */
export type Refresh = 'possible' | 'spent' | 'none';

const HTTP_UNAUTHORIZED = 401;
const TOKEN_EXPIRED = 4010;
const IDLE = 4012;

export function verdictOf(why: StreamError, refresh: Refresh): Verdict {
  if (why.status === HTTP_UNAUTHORIZED) return refresh === 'possible' ? 'resume' : 'end';
  const close = closeOf(why);
  if (close === TOKEN_EXPIRED && refresh === 'none') return 'end';
  if (close === undefined || close < 4000) return why.retryable ? 'resume' : 'end';
  return close === IDLE ? 'rest' : verdictOfRange(close);
}

function verdictOfRange(close: number): Verdict {
  if (close < 4400) return 'resume';
  return close < 4500 ? 'anew' : 'end';
}

/** The close code, or where none came, the one that the word of the server's `error` goes with. */
function closeOf({ close, code }: StreamError): number | undefined {
  if (close !== undefined && close >= 4000) return close;
  const endings: { readonly [word: string]: { readonly close: number } } = CLOSE;
  return Object.hasOwn(endings, code) ? endings[code]?.close : close;
}
