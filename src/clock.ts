/**
 * Clock: the only way to know the time and to wait.
 *
 * Everything that waits takes a Clock as an argument, so that tests and simulations own time. It
 * uses nothing that a browser lacks: the client runs on it too.
 */

/** A wait that can be given up. Cancelling a timer that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. */
  nowMs(): number;
  /** Milliseconds since 1970, for logs and tokens only. */
  wallMs(): number;
  /** Runs `run` once, at least `delayMs` from now, which nowMs() may count as 1 ms less, and never before this call has returned. */
  after(delayMs: number, run: () => void): Timer;
}

/** Milliseconds since 1970 of a moment in words, as certificates have them. */
export function wallMsOf(moment: string): number {
  return Date.parse(moment);
}

/** The clock of the process. Its timers keep the process alive until they fire or are cancelled. */
export const systemClock: Clock = {
  // Whole ones: V8 keeps a fraction in a place of its own, and each place costs a frame 0.1 µs (bench: ingest).
  nowMs: () => Math.floor(performance.now()),
  wallMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
