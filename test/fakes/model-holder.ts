/**
 * ModelHolder: one session as one node of the ModelServer holds it.
 *
 * It settles what it got in stretches of chance lengths, in the middle of frames too, and keeps a log
 * of what became of every millisecond. Audio is 8,000 Hz LINEAR16 whose every millisecond carries its
 * number: see `audioOf()`.
 */
import type { Clock } from '../../src/clock.ts';
import type { Final, Gap } from '../../src/wire/message.ts';
import type { Link, Message } from './model-link.ts';
import { READY } from './scripted-server.ts';
import { SUMMARY } from './summary.ts';

const MS_BYTES = 16;
const TICK_MS = 200;
const WINDOW_MS = 1_500;

/** A millisecond of the session: audio that a final said, silence, or nothing at all. */
export interface Item {
  readonly ms: number | 'gap';
  readonly fate: 'final' | 'silent' | 'gap';
}

export interface Token {
  readonly holder: Holder;
  readonly result: number;
  readonly settled: number;
  /** Session time at the end of frame `settled`. */
  readonly settledEndMs: number;
  readonly settledMs: number;
}

/** `ms` milliseconds of audio from number `from` on. */
export function audioOf(from: number, ms: number): Uint8Array {
  const audio = new Uint32Array((ms * MS_BYTES) / 4);
  for (let i = 0; i < ms; i++) audio[(i * MS_BYTES) / 4] = from + i;
  return new Uint8Array(audio.buffer);
}

export interface HolderOptions {
  readonly clock: Clock;
  readonly random: () => number;
  issue(token: Token): string;
}

/** A session as one node holds it. */
export class Holder {
  state: 'open' | 'finished' | 'done' | 'forgotten' = 'open';
  readonly log: Item[];
  readonly #options: HolderOptions;
  #unsettled: { readonly ms: number | 'gap'; readonly frame: number }[] = [];
  #link: Link | undefined;
  #received: number;
  #result: number;
  #settled: number;
  #settledEndMs: number;
  /** Of the next frame, milliseconds that were settled elsewhere. */
  #skip: number;
  /** Finals and gaps, with their result or end. */
  readonly #said: (Final | Gap)[] = [];
  /** What the newest token that went out says. */
  #token: Token;

  constructor(options: HolderOptions, from?: Token) {
    this.#options = options;
    this.log = from?.holder.log.slice(0, from.settledMs) ?? [];
    this.#result = from?.result ?? 0;
    this.#settled = from?.settled ?? 0;
    this.#settledEndMs = from?.settledEndMs ?? 0;
    this.#received = this.#settled;
    this.#skip = this.log.length - this.#settledEndMs;
    this.#token = this.#cursor();
    options.clock.after(TICK_MS, () => this.#tick());
  }

  get alive(): boolean {
    return this.state !== 'forgotten';
  }

  forget(): void {
    this.state = 'forgotten';
  }

  attach(link: Link, resumed: false | 'held' | 'taken', result: number, token = this.#token): void {
    this.#link = link;
    link.onFrame = (audio) => this.#onFrame(link, audio);
    link.onMessage = (message) => this.#onMessage(link, message);
    const again = { ...token, holder: this };
    link.say({
      ...READY,
      resumed,
      windowMs: WINDOW_MS,
      frame: this.#received + 1,
      result: result + 1,
      maxFrameMs: 60,
      resume: this.#options.issue(again),
    });
    for (const message of this.#said) {
      const isNew = message.type === 'final' ? message.result > result : isAfter(message, token);
      // What the client has already may come again: it knows it by its number or its times.
      if (isNew || this.#options.random() < 0.2) link.say(message);
    }
    this.#token = again;
    if (this.state === 'done') this.#conclude();
  }

  #onFrame(link: Link, audio: Uint8Array): void {
    if (link !== this.#link || !this.alive) return;
    if (this.state !== 'open') throw new Error('audio after finish');
    this.#received += 1;
    const words = new Uint32Array(audio.slice().buffer);
    const ms = audio.byteLength / MS_BYTES;
    for (let i = 0; i < ms; i++) this.#take(words[(i * MS_BYTES) / 4] ?? -1);
    this.#skip = 0;
  }

  #onMessage(link: Link, message: Message): void {
    if (link !== this.#link || !this.alive) return;
    if (message.type === 'gap') {
      this.#received += message.frames ?? 1;
      for (let i = 0; i < (message.ms ?? 0); i++) this.#take('gap');
      this.#skip = 0;
    }
    if (message.type === 'finish' && this.state === 'open') this.state = 'finished';
  }

  #take(ms: number | 'gap'): void {
    if (this.#skip > 0) this.#skip -= 1;
    else this.#unsettled.push({ ms, frame: this.#received });
  }

  #cursor(): Token {
    return {
      holder: this,
      result: this.#result,
      settled: this.#settled,
      settledEndMs: this.#settledEndMs,
      settledMs: this.log.length,
    };
  }

  #tick(): void {
    if (this.state === 'forgotten' || this.state === 'done') return;
    const { random, clock } = this.#options;
    if (this.state === 'finished') this.#settle(this.#unsettled.length);
    else if (random() < 0.3) this.#settle(Math.floor(random() * this.#unsettled.length));
    this.#acknowledge();
    if (this.state === 'finished') {
      this.state = 'done';
      this.#conclude();
    }
    clock.after(TICK_MS, () => this.#tick());
  }

  #conclude(): void {
    this.#link?.say({ ...SUMMARY, results: this.#result });
    this.#link?.end(1000);
  }

  #acknowledge(): void {
    const moved = this.log.length !== this.#token.settledMs;
    if (moved) this.#token = this.#cursor();
    const { settled, settledMs } = this.#token;
    const resume = moved ? { resume: this.#options.issue(this.#token) } : {};
    const cursor = { settled, settledMs, ...resume };
    this.#link?.say({ type: 'ack', received: this.#received, windowMs: WINDOW_MS, ...cursor });
  }

  /** The first `count` unsettled ones, a run of one kind at a time. */
  #settle(count: number): void {
    let left = count;
    while (left > 0) {
      const isGap = this.#unsettled[0]?.ms === 'gap';
      let run = 0;
      while (run < left && (this.#unsettled[run]?.ms === 'gap') === isGap) run += 1;
      this.#settleRun(this.#unsettled.splice(0, run), isGap);
      left -= run;
    }
  }

  #settleRun(items: { ms: number | 'gap'; frame: number }[], isGap: boolean): void {
    const start = this.log.length;
    const fate = isGap ? 'gap' : this.#options.random() < 0.2 ? 'silent' : 'final';
    for (const { ms } of items) this.log.push({ ms, fate });
    const next = this.#unsettled[0]?.frame ?? this.#received + 1;
    const last = items.at(-1)?.frame ?? 0;
    if (next > last) {
      this.#settled = next - 1;
      this.#settledEndMs = this.log.length;
    } else if (last - 1 > this.#settled) {
      this.#settled = last - 1;
      this.#settledEndMs = this.log.length - items.filter(({ frame }) => frame === last).length;
    }
    if (fate === 'silent') return;
    if (fate === 'final') this.#result += 1;
    this.#token = this.#cursor();
    const cursor = { settled: this.#settled, settledMs: this.log.length };
    const place = {
      start,
      end: this.log.length,
      ...cursor,
      resume: this.#options.issue(this.#token),
    };
    const text = JSON.stringify(items.map(({ ms }) => ms));
    const message: Final | Gap =
      fate === 'gap'
        ? { type: 'gap', reason: 'client', ...place }
        : { type: 'final', result: this.#result, text, ...place };
    this.#said.push(message);
    this.#link?.say(message);
  }
}

function isAfter(gap: Gap, { settledMs }: Token): boolean {
  return gap.end > settledMs;
}
