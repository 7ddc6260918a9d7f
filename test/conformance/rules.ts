/**
 * Rules: what holds for all that a server says in one session, whatever the case.
 */
import { msOf } from '../../src/wire/limits.ts';
import type { Ack, Final, Gap, Ready, ServerMessage, Summary } from '../../src/wire/message.ts';
import type { Sent } from './sent.ts';
import { RATE } from './sent.ts';

/** "Several seconds without a word mean that the connection is dead": the clients' patience. */
const QUIET_MS_MAX = 3_000;
const READY_COUNTS = ['frame', 'result', 'windowMs', 'maxFrameBytes', 'maxFrameMs', 'keepaliveMs'];

export class Rules {
  readonly wrong: string[] = [];
  /** The newest final, and where it ends. */
  result = 0;
  /** The newest token. */
  token: string | undefined;
  settled = 0;
  settledMs = 0;
  received = 0;
  windowMs = 0;
  #finals: Final[] = [];
  #gaps: Gap[] = [];
  readonly #sent: Sent;
  #state: 'new' | 'live' | 'over' = 'new';
  #saidMs = 0;
  /** Audio up to here was allowed, in samples. */
  #edge = 0;

  constructor(sent: Sent) {
    this.#sent = sent;
  }

  /** Another connection. */
  begin(): void {
    this.#state = 'new';
    this.#edge = 0;
  }

  take(message: ServerMessage, nowMs: number): void {
    const quietMs = nowMs - this.#saidMs;
    this.#saidMs = nowMs;
    if (this.#state === 'over') this.#complain(`${message.type} came after the last message`);
    if (this.#state === 'live' && quietMs > QUIET_MS_MAX) {
      this.#complain(`nothing came for ${Math.round(quietMs)} ms, expected an ack each second`);
    }
    if (this.#state === 'new' && message.type !== 'ready' && message.type !== 'error') {
      this.#complain(`${message.type} came before ready`);
    }
    switch (message.type) {
      case 'ready':
        this.#ready(message);
        break;
      case 'ack':
        this.#ack(message);
        break;
      case 'interim':
        if (message.start < this.#endMs) this.#complain('an interim came where a final is');
        break;
      case 'final':
        this.#final(message);
        break;
      case 'gap':
        this.#gaps.push(message);
        if (message.start > message.end) this.#complain(`a gap ends before it starts`);
        this.#settle(message);
        break;
      case 'error':
        this.#state = 'over';
        break;
      case 'summary':
        this.#state = 'over';
        this.#summary(message);
        break;
      default:
    }
  }

  get #endMs(): number {
    return this.#finals.at(-1)?.end ?? 0;
  }

  #ready(ready: Ready): void {
    if (this.#state !== 'new') this.#complain('ready came twice');
    this.#state = 'live';
    const counts: Record<string, unknown> = { ...ready };
    for (const name of READY_COUNTS) {
      const value = counts[name];
      if (!(Number.isInteger(value) && Number(value) >= 0))
        this.#complain(`ready.${name} is ${value}`);
    }
    if (ready.resumed === false) {
      if (ready.frame !== 1) this.#complain(`ready.frame of a new session is ${ready.frame}`);
      if (ready.result !== 1) this.#complain(`ready.result of a new session is ${ready.result}`);
    } else {
      if (ready.frame <= this.settled) this.#complain(`ready wants frame ${ready.frame}, settled`);
      if (ready.frame > this.#sent.count + 1) this.#complain(`ready wants frame ${ready.frame}`);
      if (ready.result < this.result + 1) this.#complain(`ready.result is ${ready.result}`);
    }
    this.token = ready.resume ?? this.token;
    this.received = ready.frame - 1;
    this.windowMs = ready.windowMs;
    this.#widen();
  }

  #ack(ack: Ack): void {
    const { received, windowMs } = ack;
    if (received < this.received) this.#complain(`received went back to ${received}`);
    if (received > this.#sent.count) this.#complain(`received ${received} of ${this.#sent.count}`);
    if (ack.settled > received) this.#complain(`settled ${ack.settled} of ${received} received`);
    this.received = received;
    this.windowMs = windowMs;
    this.#widen();
    this.#settle(ack);
  }

  #final(final: Final): void {
    const { result, start, end } = final;
    if (result !== this.result + 1) this.#complain(`final ${result} came after ${this.result}`);
    if (start < this.#endMs)
      this.#complain(`final ${result} starts at ${start}, in the one before`);
    if (end < start || end > this.#sent.endMs) this.#complain(`final ${result} ends at ${end}`);
    this.result = result;
    this.#finals.push(final);
    this.#settle(final);
  }

  /** The cursor moves only with a token, and never back. */
  #settle({ settled, settledMs, resume }: Pick<Ack, 'settled' | 'settledMs' | 'resume'>): void {
    if (settled < this.settled || settledMs < this.settledMs) {
      this.#complain(`settled went back to ${settled}, ${settledMs} ms`);
    }
    if (resume === undefined && this.token !== undefined && settled > this.settled) {
      this.#complain(`settled moved to ${settled} without a token`);
    }
    this.settled = settled;
    this.settledMs = settledMs;
    this.token = resume ?? this.token;
  }

  #widen(): void {
    const edge = this.#sent.audioUpTo(this.received) + (this.windowMs * RATE) / 1000;
    if (edge < this.#edge) this.#complain('the right edge of the window moved left');
    this.#edge = Math.max(edge, this.#edge);
  }

  #summary(summary: Summary): void {
    const { receivedMs, transcribedMs, silentMs, droppedMs, releasedMs, missingMs } = summary;
    const dropped = Object.values(droppedMs).reduce((sum, ms) => sum + ms, 0);
    const booked = transcribedMs + silentMs + dropped + releasedMs;
    if (Math.abs(receivedMs - booked) > 5) {
      this.#complain(`the summary has ${receivedMs} ms received, but ${booked} ms booked`);
    }
    const sentMs = msOf(this.#sent.audioUpTo(this.#sent.count), RATE);
    if (receivedMs !== sentMs) this.#complain(`receivedMs is ${receivedMs}, sent were ${sentMs}`);
    if (missingMs !== this.#sent.missingMs) this.#complain(`missingMs is ${missingMs}`);
    if (summary.results !== this.result) this.#complain(`results is ${summary.results}`);
    const said = this.#finals.reduce((sum, { start, end }) => sum + end - start, 0);
    const holes = this.#gaps.filter((gap) =>
      this.#finals.some(({ start, end }) => gap.start < end && gap.end > start),
    );
    if (holes.length === 0 && Math.abs(said - transcribedMs) > this.#finals.length + 2) {
      this.#complain(`finals cover ${said} ms, but transcribedMs is ${transcribedMs}`);
    }
  }

  #complain(what: string): void {
    this.wrong.push(what);
  }
}
