/**
 * Renewal: certificates and keys that change while the server runs.
 *
 * It looks at the files every two seconds, and acts when one has changed and all can be used: who issues
 * certificates replaces two files, one after the other. What can't be used is tried again, less and less
 * often: a file may be out of reach for a moment only.
 */
import { statSync } from 'node:fs';
import type { Clock, Timer } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';

export interface RenewalParts {
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly files: readonly string[];
  /** Takes what is in the files now; throws when that can't be used. */
  readonly renew: () => void;
}

const LOOK_MS = 2_000;
/** The longest wait before what could not be used is tried again. */
const RETRY_MS_MAX = 60_000;

export class Renewal {
  readonly #parts: RenewalParts;
  #known: string;
  #timer: Timer | undefined;
  /** There after a failure: how long until the next try, from the last one on. */
  #retry: { readonly waitMs: number; readonly dueMs: number } | undefined;

  /** Without files it does nothing. */
  constructor(parts: RenewalParts) {
    this.#parts = parts;
    this.#known = signsOf(parts.files);
    if (parts.files.length > 0) this.#wait();
  }

  /** Looks at once, and takes what is there whether it has changed or not. */
  renew(): void {
    const { files, renew, log } = this.#parts;
    if (files.length === 0) return;
    const signs = signsOf(files);
    const waitMs = signs === this.#known ? (this.#retry?.waitMs ?? LOOK_MS) : LOOK_MS;
    this.#known = signs;
    try {
      renew();
      this.#retry = undefined;
      log.info({ files }, 'certificates and keys were read anew');
    } catch (error) {
      const problem = messageOf(error);
      this.#retry = {
        waitMs: Math.min(2 * waitMs, RETRY_MS_MAX),
        dueMs: this.#parts.clock.nowMs() + waitMs,
      };
      log.warn({ files, problem }, 'certificates or keys can not be used: the old ones stay');
    }
  }

  close(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    this.#timer = this.#parts.clock.after(LOOK_MS, () => {
      const isDue = this.#retry !== undefined && this.#parts.clock.nowMs() >= this.#retry.dueMs;
      if (isDue || signsOf(this.#parts.files) !== this.#known) this.renew();
      this.#wait();
    });
  }
}

export type Renewals = Pick<Renewal, 'renew' | 'close'>;

/** Each set of files by itself: a certificate that can't be used must not keep new keys out. */
export function renewalOf(
  parts: Pick<RenewalParts, 'clock' | 'log'>,
  sets: readonly (readonly [
    holders: readonly { renew(): void }[],
    files: readonly (string | undefined)[],
  ])[],
): Renewals {
  const renewals = sets.map(([holders, all]) => {
    const files = all.filter((file) => file !== undefined);
    const renew = (): void => {
      for (const each of holders) each.renew();
    };
    return new Renewal({ ...parts, files, renew });
  });
  return {
    renew: () => {
      for (const each of renewals) each.renew();
    },
    close: () => {
      for (const each of renewals) each.close();
    },
  };
}

/** What is another one when a file is. */
function signsOf(files: readonly string[]): string {
  return files.map(signOf).join();
}

/** A file that can't be looked at has a sign too: nobody is there to catch what a timer throws. */
function signOf(file: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    return messageOf(error);
  }
}
