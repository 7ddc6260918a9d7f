/**
 * Inserts: silence that was put between a stream's samples, and places without it (pure).
 *
 *   own   0 ────────── 800┆800 ──────── 2000
 *   sent  0 ────────── 800  silence  1800 ── 3000
 */

export class Inserts {
  readonly #inserts: { readonly sent: number; readonly samples: number }[] = [];
  #total = 0;
  #own = 0;

  /** Samples of the stream itself that were sent. */
  get own(): number {
    return this.#own;
  }

  /** Samples of inserted silence. */
  get total(): number {
    return this.#total;
  }

  /** Sends samples of the stream itself. */
  send(samples: number): void {
    this.#own += samples;
  }

  insert(samples: number): void {
    this.#inserts.push({ sent: this.#own + this.#total, samples });
    this.#total += samples;
  }

  /** Where something at `sent` is among the stream's own samples; never beyond those. */
  ownOf(sent: number): number {
    let own = sent;
    for (const insert of this.#inserts) {
      if (insert.sent >= sent) break;
      own -= Math.min(insert.samples, sent - insert.sent);
    }
    return Math.min(Math.max(0, own), this.#own);
  }
}
