/**
 * Telling: what the device is told of its audio: finals, gaps, and how much is settled.
 *
 * Each final and gap goes out with the token of its moment, and is kept until the device has seen it,
 * so that a device whose socket was lost gets it again.
 */
import type { FinalResult, InterimResult } from '../speech/recognizer.ts';
import type { Fault } from '../wire/fault.ts';
import type { Final, Gap, GapReason, ServerMessage } from '../wire/message.ts';
import type { Ticket } from '../wire/ticket.ts';
import type { CursorParts, Told } from './cursor.ts';
import { Cursor } from './cursor.ts';
import { Delivery } from './delivery.ts';
import { Kept } from './kept.ts';
import type { TalkEvents } from './talk-parts.ts';

export interface TellingParts extends CursorParts {
  readonly keptBytesMax: number;
  readonly metrics: { readonly relayOut: { observe(seconds: number): void } };
  readonly events: Pick<TalkEvents, 'send'>;
}

/** Of all sessions: when finals and gaps were settled; what is sent again is another message. */
const SETTLED_MS = new WeakMap<ServerMessage, number>();

export class Telling {
  readonly #parts: TellingParts;
  readonly #delivery: Delivery;
  readonly #cursor: Cursor;
  readonly #kept: Kept;

  /** `words`: whether the device has asked for them. `result`: number of the last final, in another process. */
  constructor(parts: TellingParts, words: boolean, result: number) {
    const { tape, settlement, keptBytesMax, sampleRateHertz } = parts;
    this.#parts = parts;
    this.#delivery = new Delivery(sampleRateHertz, words, tape, settlement, result);
    this.#cursor = new Cursor(parts, result);
    this.#kept = new Kept(keptBytesMax, { result, settled: settlement.settled });
  }

  /** Number of the last final. */
  get results(): number {
    return this.#delivery.results;
  }

  /** Answers whether `id` is new: audio from the end of the tape on carries it. */
  audioId(id: string): boolean {
    return this.#delivery.audioId(id);
  }

  interim(interim: InterimResult): void {
    this.#parts.events.send(this.#delivery.interim(interim));
  }

  final(final: FinalResult): void {
    this.#tell(this.#delivery.final(final), final.endSample);
  }

  gap(start: number, end: number, reason: GapReason): void {
    this.#tell(this.#delivery.gap(start, end, reason), end);
  }

  /** The token of a session as it stands, or of one that a device comes back to. */
  token(ticket: Ticket = this.#cursor.now(this.results)): string {
    return this.#cursor.tell(ticket);
  }

  /** What an ack says; sent() follows it. */
  ack(): { readonly told: Told; readonly ticket: Ticket | undefined } {
    return this.#cursor.ack(this.results);
  }

  /** `ack` says what ack() answered, and is on its way. */
  sent(ack: ServerMessage, ticket: Ticket | undefined): void {
    this.#cursor.sent(ack, ticket);
  }

  handed(message: ServerMessage): void {
    this.#cursor.handed(message);
    const { clock, metrics } = this.#parts;
    const settledMs = message.type === 'final' ? SETTLED_MS.get(message) : undefined;
    if (settledMs !== undefined) metrics.relayOut.observe((clock.nowMs() - settledMs) / 1000);
  }

  /** The device has the finals up to `result`. */
  seen(result: number): Fault | undefined {
    if (result <= this.results) {
      this.#kept.seen(result);
      return undefined;
    }
    const message = `seen.result is ${result}, expected at most ${this.results}: the last final`;
    return { code: 'bad_message', message, field: 'seen.result' };
  }

  /** How long the oldest final is unseen by a device that says what it has seen. */
  unseenMs(nowMs: number): number {
    return this.#kept.unseenMs(nowMs);
  }

  /** Whether this session issued the token, and has all that a device lacks that has it and the finals up to `seen`. */
  holds({ holder, result, settled }: Ticket, seen: number): boolean {
    const { settlement, holder: own } = this.#parts;
    const isOurs = settled <= settlement.settled && result <= this.results;
    return holder === own && isOurs && seen <= this.results && this.#kept.reaches(seen, settled);
  }

  /** Sends such a device what it lacks. */
  again({ settled }: Ticket, seen: number): void {
    const tell = (ticket: Ticket): string => this.#cursor.tell(ticket);
    const nowMs = this.#parts.clock.nowMs();
    for (const message of this.#kept.after(seen, settled, nowMs, tell))
      this.#parts.events.send(message);
  }

  /** A final or gap about audio that ends at session sample `end`. */
  #tell(message: Final | Gap, end: number): void {
    const ticket = this.#cursor.now(this.results);
    const told = { ...message, resume: this.#cursor.tell(ticket) };
    const nowMs = this.#parts.clock.nowMs();
    this.#kept.add(told, end, ticket, nowMs);
    SETTLED_MS.set(told, nowMs);
    this.#parts.events.send(told);
  }
}
