/**
 * Caller: a device that keeps to the protocol, over one socket after another.
 *
 * It keeps what isn't settled, honours the window, resumes with its newest token, and logs what an app
 * would see. What is under way, in either direction, is lost with the socket.
 */
import type { Final, Gap, ServerMessage } from '../../src/wire/message.ts';
import type { Phone, SessionRig } from './session-rig.ts';

/** What it says, in order. `first` and `last` are frame numbers; a marker stands behind frame `last`. */
interface Item {
  readonly kind: 'audio' | 'gap' | 'finalize' | 'finish';
  readonly first: number;
  readonly last: number;
  readonly ms: number;
  readonly sample: number;
  readonly soundMs: number;
}

export class Caller {
  /** Every final, once; and every gap. */
  readonly finals: Final[] = [];
  readonly gaps: Gap[] = [];
  /** Samples that were no silence, each a word, and how much audio there was. */
  readonly words: number[] = [];
  audioMs = 0;
  missingMs = 0;
  /** What was wrong, a sentence each. */
  readonly wrong: string[] = [];
  readonly resumed: ServerMessage[] = [];
  phone: Phone;
  rig: SessionRig;
  readonly #fields: object;
  #items: Item[] = [];
  #next = 0;
  /** By number of a frame: how much audio there is up to its end. */
  readonly #audioMs: number[] = [0];
  #frame = 0;
  #heard = 0;
  #token = '';
  #told = 0;
  #received = 0;
  #windowMs = 0;
  /** Under way to the server. */
  #up: Item[] = [];

  constructor(rig: SessionRig, fields: object = {}) {
    this.rig = rig;
    this.#fields = fields;
    this.phone = rig.start(fields);
    this.hear();
  }

  get isOver(): boolean {
    return this.phone.last('summary') !== undefined;
  }

  /** A frame of `ms`, of which the first `soundMs` are not silence. */
  audio(ms: number, sample: number, soundMs = ms): void {
    if (sample !== 0 && this.words.at(-1) !== sample) this.words.push(sample);
    this.audioMs += ms;
    this.#say('audio', ms, 1, sample, soundMs);
  }

  gap(ms: number, frames: number): void {
    this.missingMs += ms;
    this.#say('gap', ms, frames);
  }

  mark(kind: 'finalize' | 'finish'): void {
    this.#say(kind, 0, 0);
  }

  /** Sends what the window allows: it is under way. */
  send(): void {
    for (let item = this.#items[this.#next]; item !== undefined; item = this.#items[this.#next]) {
      if (item.kind === 'audio' && !this.#fits(item)) return;
      this.#up.push(item);
      this.#next += 1;
    }
  }

  /** What is under way to the server arrives. */
  arrive(): void {
    for (const { kind, ms, sample, soundMs, first, last } of this.#up.splice(0)) {
      if (kind === 'audio') this.phone.frame(ms, sample, soundMs);
      else if (kind === 'gap') this.phone.say({ type: kind, ms, frames: last - first + 1 });
      else this.phone.say({ type: kind });
    }
  }

  /** What is under way from the server arrives. */
  hear(): void {
    for (const message of this.phone.heard.slice(this.#heard)) this.#take(message);
    this.#heard = this.phone.heard.length;
  }

  /** Says which finals have arrived. */
  seen(): void {
    this.phone.say({ type: 'seen', result: this.finals.length });
  }

  /** Stops reading its socket, and goes on by another one, on `rig`. */
  resume(rig: SessionRig): void {
    this.#up = [];
    this.rig = rig;
    const resume = { token: this.#token, result: this.finals.length };
    this.phone = rig.start({ ...this.#fields, resume });
    this.#heard = 0;
    const ready = this.phone.last('ready');
    if (ready === undefined) {
      this.wrong.push(`no ready, but ${JSON.stringify(this.phone.last('error'))}`);
      return;
    }
    this.resumed.push(ready);
    this.#received = ready.frame - 1;
    const at = this.#items.findIndex(({ kind, first, last }) =>
      kind === 'audio' || kind === 'gap' ? first >= ready.frame : last >= ready.frame - 1,
    );
    this.#next = at < 0 ? this.#items.length : at;
    const wanted = this.#items.find(({ last, ms }) => ms > 0 && last >= ready.frame);
    const oldest = wanted?.first ?? this.#frame + 1;
    if (oldest !== ready.frame) this.wrong.push(`frame ${ready.frame} is wanted, not ${oldest}`);
    this.hear();
  }

  #say(kind: Item['kind'], ms: number, frames: number, sample = 0, soundMs = ms): void {
    const first = this.#frame + 1;
    this.#frame += frames;
    const before = this.#audioUpTo(first - 1);
    for (let frame = first; frame <= this.#frame; frame++) {
      this.#audioMs[frame] = before + (kind === 'audio' ? ms : 0);
    }
    this.#items.push({ kind, first, last: this.#frame, ms, sample, soundMs });
  }

  /** Within the window from the last frame received on, settled or not; or alone in an open one. */
  #fits({ first, last, ms }: Item): boolean {
    const outstandingMs = this.#audioUpTo(first - 1) - this.#audioUpTo(this.#received);
    if (outstandingMs + ms <= this.#windowMs) return true;
    return this.#windowMs > 0 && outstandingMs === 0 && last > this.#received;
  }

  #audioUpTo(frame: number): number {
    return this.#audioMs[frame] ?? 0;
  }

  #take(message: ServerMessage): void {
    if (message.type === 'ready' || message.type === 'ack') this.#windowMs = message.windowMs;
    if (message.type === 'ack') this.#received = message.received;
    if ('resume' in message && message.resume !== undefined) this.#token = message.resume;
    if (message.type === 'final') {
      const wanted = this.finals.length + 1;
      if (message.result !== wanted) this.wrong.push(`final ${message.result}, not ${wanted}`);
      this.finals.push(message);
    }
    if (message.type === 'gap') this.#takeGap(message);
    if ('settled' in message) this.#settle(message.settled, message.resume !== undefined);
  }

  /** One that it has already is known by its times. */
  #takeGap(gap: Gap): void {
    const isKnown = this.gaps.some(({ start, end }) => start === gap.start && end === gap.end);
    if (!isKnown) this.gaps.push(gap);
  }

  #settle(frame: number, isTold: boolean): void {
    if (!isTold && frame > this.#told) this.wrong.push(`settled ${frame} came without a token`);
    this.#told = isTold ? frame : this.#told;
    const gone = this.#items.findIndex(({ last, ms }) => ms === 0 || last > frame);
    const count = Math.min(gone < 0 ? this.#items.length : gone, this.#next);
    // A marker goes with the audio before it; one that may be said again does no harm.
    this.#items = this.#items.slice(count);
    this.#next -= count;
    while (this.#items[0]?.ms === 0 && this.#items[0].last < frame && this.#next > 0) {
      this.#items.shift();
      this.#next -= 1;
    }
  }
}

/** What is wrong with what an app has seen, once all was said; empty when nothing is. */
export function verdictOn(caller: Caller): string[] {
  const { finals, words, wrong } = caller;
  const early = finals.filter(({ start }, n) => start < (finals[n - 1]?.end ?? 0));
  const summary = caller.phone.last('summary');
  const sums = [summary?.receivedMs, summary?.missingMs, summary?.results];
  const expected = [caller.audioMs, caller.missingMs, finals.length];
  const said = saidIn(finals);
  return [
    ...wrong,
    ...early.map(({ result, start }) => `final ${result} begins at ${start}, too early`),
    ...(said === words.join(' ') ? [] : [`finals say ${said}, expected ${words.join(' ')}`]),
    ...(`${sums}` === `${expected}` ? [] : [`the summary says ${sums}, expected ${expected}`]),
  ];
}

/** A word that was cut in two is in both finals: they are marked. */
function saidIn(finals: readonly Final[]): string {
  const said: string[] = [];
  for (const { text, degraded } of finals) {
    const words = text.split(' ');
    said.push(...(degraded === true && words[0] === said.at(-1) ? words.slice(1) : words));
  }
  return said.join(' ');
}
