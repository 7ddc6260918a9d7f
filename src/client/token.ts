/**
 * Token: the bearer token for one connection, asked for anew each time where it may change.
 */
import type { Clock, Timer } from '../clock.ts';
import type { StreamError } from './problem.ts';
import { problem } from './problem.ts';

export type TokenSource = () => Promise<string>;

interface Asking {
  readonly source: TokenSource;
  readonly clock: Clock;
  /** How long the source may take. */
  readonly msMax: number;
  /** Once, unless cancelled, and never before askToken() has returned. */
  onAnswer(answer: { readonly token: string } | StreamError): void;
}

/** The answer can be given up by cancel(); what the source says later means nothing. */
export function askToken({ source, clock, msMax, onAnswer }: Asking): Timer {
  let state: 'waiting' | 'over' = 'waiting';
  const answer = (what: { readonly token: string } | StreamError): void => {
    if (state === 'over') return;
    state = 'over';
    timer.cancel();
    onAnswer(what);
  };
  const fail = (why: string): void => answer(problem('no_token', why, { retryable: true }));
  const timer = clock.after(msMax, () => fail(`no token came within ${msMax} ms`));
  ask(source).then(
    (token) => answer({ token }),
    (error) => fail(`no token came: ${error instanceof Error ? error.message : String(error)}`),
  );
  return {
    cancel() {
      state = 'over';
      timer.cancel();
    },
  };
}

/** Throws for what no header can carry: what a browser says of it quotes the token. */
export function requireSendable(token: string | undefined): void {
  if (token === undefined || /^[\w.~+/=-]*$/.test(token)) return;
  throw new SyntaxError('the token has characters that no token has');
}

/** What the source throws instead of rejecting is the same to us. */
async function ask(source: TokenSource): Promise<string> {
  return await source();
}
