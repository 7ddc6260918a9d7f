/**
 * ModelServer: the server's side of earshot.v1 with resumes, in memory, as small as the protocol allows.
 *
 * Nodes hold sessions, tokens carry them over, and the links between break in every way the protocol
 * knows.
 */
import type { OpenSocket } from '../../src/client/socket.ts';
import type { Clock } from '../../src/clock.ts';
import type { Item, Token } from './model-holder.ts';
import { Holder } from './model-holder.ts';
import type { Start } from './model-link.ts';
import { Link } from './model-link.ts';

/** How long a link takes to come. */
const OPEN_MS = 15;

/** What may happen to a link. */
const FATES = ['cut', 'half-open', 'goaway', 'draining', 'overloaded', 'node dies'] as const;
type Fate = (typeof FATES)[number];

export interface ModelOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** How long a link lasts, at most. */
  readonly linkMsMax: number;
  /** No more trouble from then on. */
  readonly calmMs: number;
  /** How long a link that is opened takes to come, at most: an outage. */
  readonly outageMsMax: number;
}

export class ModelServer {
  readonly #options: ModelOptions;
  readonly #tokens = new Map<string, Token>();
  readonly #past: Item[] = [];
  #last: Holder | undefined;
  readonly counts = new Map<string, number>();

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  /** What became of all audio, over all sessions. */
  get log(): readonly Item[] {
    return [...this.#past, ...(this.#last?.log ?? [])];
  }

  readonly open: OpenSocket = (_url, _token, events) => {
    const { clock, random, outageMsMax } = this.#options;
    const link = new Link(clock, events);
    if (this.#troubled && random() < 0.15) {
      this.count('unreachable');
      clock.after(5, () => events.onClose(1006, '', { message: 'no', retryable: true }));
      return link;
    }
    link.onStart = (start) => this.#onStart(link, start);
    const outageMs = this.#troubled && random() < 0.3 ? random() * outageMsMax : 0;
    clock.after(OPEN_MS + outageMs, () => link.opens());
    return link;
  };

  #issue(token: Token): string {
    const name = `token-${this.#tokens.size}`;
    this.#tokens.set(name, token);
    return name;
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  #hold(from?: Token): Holder {
    const { clock, random } = this.#options;
    return new Holder({ clock, random, issue: (token) => this.#issue(token) }, from);
  }

  get #troubled(): boolean {
    return this.#options.clock.nowMs() < this.#options.calmMs;
  }

  #onStart(link: Link, start: Start): void {
    const { random } = this.#options;
    const token = this.#tokens.get(start.resume?.token ?? '');
    if (start.resume === undefined || token === undefined) {
      this.#last = this.#hold();
      this.#last.attach(link, false, 0);
    } else if (this.#troubled && random() < 0.1) {
      this.count('bad_resume');
      this.#past.push(...token.holder.log.slice(0, token.settledMs));
      link.refuse('bad_resume', 4411);
      return;
    } else if (token.holder.alive && random() < 0.5) {
      this.count('held');
      this.#last = token.holder;
      token.holder.attach(link, 'held', start.resume.result, token);
    } else {
      if (start.resume.result !== token.result) throw new Error("the result is not the token's");
      this.count('taken');
      this.#last = this.#hold(token);
      this.#last.attach(link, 'taken', token.result, token);
    }
    if (this.#troubled) this.#befall(link, this.#last);
  }

  #befall(link: Link, holder: Holder): void {
    const { clock, random, linkMsMax } = this.#options;
    const fate: Fate = FATES[Math.floor(random() * FATES.length)] ?? 'cut';
    clock.after(random() * linkMsMax, () => {
      if (link.state !== 'up' || holder.state === 'done') return;
      this.count(fate);
      if (fate === 'goaway') link.say({ type: 'goaway', reason: 'draining', timeLeftMs: 1_000 });
      else if (fate === 'half-open') link.mute();
      else if (fate === 'cut') link.cut();
      else {
        holder.forget();
        if (fate === 'node dies') link.cut();
        if (fate === 'draining') link.refuse('draining', 4001);
        if (fate === 'overloaded') link.refuse('overloaded', 4003);
      }
    });
  }
}
