/**
 * Renewal: certificates and keys that change while the server runs.
 *
 * It looks at the files every two seconds, and acts when one has changed and all can be used: who issues
 * certificates replaces two files, one after the other.
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

export class Renewal {
  readonly #parts: RenewalParts;
  #known: string;
  #timer: Timer | undefined;

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
    this.#known = signsOf(files);
    try {
      renew();
      log.info({ files }, 'certificates and keys were read anew');
    } catch (error) {
      const problem = messageOf(error);
      log.warn({ files, problem }, 'certificates or keys can not be used: the old ones stay');
    }
  }

  close(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    this.#timer = this.#parts.clock.after(LOOK_MS, () => {
      if (signsOf(this.#parts.files) !== this.#known) this.renew();
      this.#wait();
    });
  }
}

/** What is another one when a file is. */
function signsOf(files: readonly string[]): string {
  return files.map(signOf).join();
}

function signOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}
