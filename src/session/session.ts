/**
 * Session: one device's live audio, from `start` to `summary`, over one socket or several.
 *
 * The one orchestrator: what the device sends goes to the intake, what the recognizer says comes from
 * the upstream, and every end of a session is in here. It knows no socket, no vendor and no wall
 * clock: bytes and messages come in on a Line and go out by it, and tick() says that time has passed.
 */
import type { SpeechConfig, StreamFault } from '../speech/recognizer.ts';
import type { CloseWord } from '../wire/close.ts';
import { CLOSE, CLOSE_DONE } from '../wire/close.ts';
import type { Fault } from '../wire/fault.ts';
import type { ClientMessage, Goaway, Resume, ServerMessage, Start } from '../wire/message.ts';
import type { Bond, Ticket } from '../wire/ticket.ts';
import { bondOf, refusalOf, resumption, speechOf, unsupported } from './asked.ts';
import type { Spoken } from './hear.ts';
import { hear } from './hear.ts';
import type { Line, Party } from './line.ts';
import { UNHEARD } from './look.ts';
import {
  errorOf,
  failed,
  faulty,
  misplaced,
  overdue,
  REPLACED,
  refused,
  SECOND_START,
  unread,
} from './reasons.ts';
import type { Event, State } from './state.ts';
import { enter } from './state.ts';
import type { Device, Reason, Surroundings } from './surroundings.ts';
import { Talk } from './talk.ts';
import type { Own, TalkEvents } from './talk-parts.ts';

/** The sessions of the process, as one of them needs to know the others. */
interface Others {
  /** One that has started and has not ended. */
  find(id: string): Session | undefined;
  opened(session: Session): void;
  closed(session: Session): void;
}

export interface SessionParts extends Surroundings {
  readonly others: Others;
}

export class Session implements Party, TalkEvents {
  readonly #parts: SessionParts;
  readonly #device: Device;
  readonly #holder: string;
  readonly #openedMs: number;
  #id: string;
  #state: State = 'opening';
  /** Undefined: the socket is gone. */
  #line: Line | undefined;
  #talk: Talk | undefined;
  #spokeMs: number;
  #lostMs = 0;

  constructor(parts: SessionParts, { id, holder, device, line }: Own) {
    this.#parts = parts;
    this.#device = device;
    this.#holder = holder;
    this.#id = id;
    this.#line = line;
    this.#openedMs = parts.clock.nowMs();
    this.#spokeMs = this.#openedMs;
    parts.metrics.sessions.opening += 1;
    line.tie(this);
  }

  get id(): string {
    return this.#id;
  }

  get state(): State {
    return this.#state;
  }

  /** What an operator sees of it. */
  row(nowMs: number) {
    const [{ id: device, fleet }, ageMs] = [this.#device, Math.round(nowMs - this.#openedMs)];
    const look = this.#talk?.look(nowMs) ?? UNHEARD;
    return { session: this.#id, state: this.#state, fleet, device, ageMs, ...look };
  }

  message(message: ClientMessage): void {
    this.#spokeMs = this.#parts.clock.nowMs();
    if (message.type === 'start') this.#start(message);
    else if (message.type === 'seen') this.#seen(message.result);
    else if (message.type !== 'keepalive') this.#speak(message);
  }

  frame(audio: Uint8Array): void {
    this.#spokeMs = this.#parts.clock.nowMs();
    const talk = this.#open('audio');
    if (talk === undefined) return;
    const taken = talk.frame(audio, this.#spokeMs);
    if (taken !== undefined) this.fault(taken);
  }

  fault(fault: Fault): void {
    this.end(faulty(fault));
  }

  handed(message: ServerMessage): void {
    this.#talk?.handed(message);
  }

  /** The socket is gone. What was said is kept for a while: the device may come back. */
  lost(): void {
    const { clock, config, metrics, isDraining } = this.#parts;
    this.#letGo();
    this.#become('lost');
    this.#lostMs = clock.nowMs();
    const { detached, undelivered } = metrics.sessions;
    const mayWait = !isDraining() && detached + undelivered <= config.sessionsMax;
    if (this.#talk !== undefined && mayWait) this.#talk.detach();
    else this.#forget('lost');
  }

  /** Whether all is here that a device lacks that has this token and the finals up to `seen`. */
  holds(ticket: Ticket, seen: number): boolean {
    return this.#talk?.telling.holds(ticket, seen) === true;
  }

  /** Such a device goes on here, on another socket. */
  resume(line: Line, ticket: Ticket, seen: number): void {
    this.#replace();
    this.#line = line;
    line.tie(this);
    this.#become('resume');
    this.#spokeMs = this.#parts.clock.nowMs();
    this.#talk?.resume(ticket, seen);
  }

  /** Another process has taken the session over: nothing of it is left here. */
  release(): void {
    this.#replace();
    this.#forget('replaced');
  }

  /** This process goes away: the device had better resume elsewhere. */
  goAway(message: Goaway): void {
    this.send(message);
  }

  /** Ends the session with an `error`. */
  end(reason: Reason): void {
    if (this.#state === 'closed') return;
    const line = this.#letGo();
    line?.send(errorOf(reason, this.#talk?.unsettled()));
    line?.close(CLOSE[reason.code].close, reason.code);
    this.#forget(line === undefined ? 'lost' : reason.code);
  }

  /** Call several times a second while the session lives. */
  tick(): void {
    const nowMs = this.#parts.clock.nowMs();
    const isAlone = this.#line === undefined;
    const due = isAlone ? undefined : this.#due(nowMs);
    if (due !== undefined) this.end(due);
    else if (isAlone && nowMs - this.#lostMs >= this.#parts.config.resumeGraceMsMax) {
      this.#forget('lost');
    } else this.#talk?.tick(nowMs, !isAlone);
  }

  /** What time has made of a session with a socket: a reason to end it, if any. */
  #due(nowMs: number): Reason | undefined {
    const openMs = nowMs - this.#openedMs;
    const unseenMs = this.#talk?.telling.unseenMs(nowMs) ?? 0;
    const waits = { state: this.#state, openMs, quietMs: nowMs - this.#spokeMs, unseenMs };
    return overdue(waits, this.#parts.config);
  }

  #start(start: Start): void {
    const speech = speechOf(start, this.#parts.config.language);
    const support = this.#parts.recognizer.supports(speech);
    const fault = this.#state === 'opening' ? unsupported(support) : SECOND_START;
    if (fault !== undefined) {
      this.fault(fault);
      return;
    }
    const bond = bondOf(this.#device, speech, start.integrity);
    const from = start.resume && this.#resumed(start.resume, bond);
    if (this.#state !== 'opening') return;
    this.#begin(speech, bond, from);
    this.#talk?.ready(support.refused ? [] : support.ignored);
  }

  #begin(speech: SpeechConfig, bond: Bond, from: Ticket | undefined): void {
    this.#id = from?.session ?? this.#id;
    this.#become('start');
    this.#parts.others.opened(this);
    const { fleet } = this.#device;
    const whose = { session: this.#id, holder: this.#holder, fleet, bond, from };
    this.#talk = new Talk(this.#parts, whose, speech, this);
  }

  onRefused(retryAfterMs: number): void {
    this.#parts.metrics.slotsRefused += 1;
    this.end(refused(retryAfterMs));
  }

  onFault(fault: StreamFault): void {
    this.#parts.log.warn({ session: this.#id, ...failed(fault) }, 'the recognizer failed');
    this.end(failed(fault));
  }

  /** What this session begins with; or it is over, since the one that is resumed is another one. */
  #resumed(asked: Resume, bond: Bond): Ticket | undefined {
    const [line, { clock, others, metrics, onTaken, tickets }] = [this.#line, this.#parts];
    const found = resumption(asked, bond, { tickets, others, wallMs: clock.wallMs() });
    metrics.resumes[found.how] += 1;
    if (found.how === 'held') {
      this.#line = undefined;
      this.#become('yield');
      others.closed(this);
      if (line !== undefined) found.session.resume(line, found.ticket, asked.result);
    } else if (found.how === 'taken') {
      found.stale?.release();
      if (found.ticket.holder !== this.#holder) onTaken(found.ticket.session, found.ticket.holder);
      return found.ticket;
    } else this.fault(refusalOf(found.how));
    return undefined;
  }

  #seen(result: number): void {
    const fault = (this.#talk ?? this.#open('seen'))?.telling.seen(result);
    if (fault !== undefined) this.fault(fault);
  }

  #speak(message: Spoken): void {
    // A finish may be repeated: a client that is not sure says it again.
    if (message.type === 'finish' && this.#state === 'finishing') return;
    const talk = this.#open(message.type);
    if (talk === undefined) return;
    if (message.type === 'finish') this.#become('finish');
    const fault = hear(talk, message, this.#spokeMs);
    if (fault !== undefined) this.fault(fault);
  }

  /** What takes audio now; or ends the session, since `what` has no place here. */
  #open(what: string): Talk | undefined {
    if (this.#state === 'open') return this.#talk;
    const fault = misplaced(what, this.#state);
    if (fault !== undefined) this.fault(fault);
    return undefined;
  }

  onFinished(): void {
    // What was given up may have been too much for a slow reader: then the session has ended.
    if (this.#state === 'closed' || this.#talk === undefined) return;
    this.#become('settled');
    const line = this.#letGo();
    line?.send(this.#talk.summary());
    line?.close(CLOSE_DONE, 'finished');
    this.#close('finished');
  }

  send(message: ServerMessage): void {
    if (this.#line === undefined || this.#line.send(message)) return;
    this.end(unread(this.#parts.config.outboxBytesMax));
  }

  /** Tells a socket that another one has taken its place, if there is one. */
  #replace(): void {
    const line = this.#letGo();
    line?.send(REPLACED);
    line?.close(CLOSE.replaced.close, 'replaced');
  }

  /** From now on there is no socket: what comes on the one there was is for nobody. */
  #letGo(): Line | undefined {
    const line = this.#line;
    line?.tie(undefined);
    this.#line = undefined;
    return line;
  }

  #become(event: Event): void {
    this.#state = enter(this.#state, event, this.#parts.metrics.sessions);
    this.#parts.log.debug({ session: this.#id, event, state: this.#state }, 'a session goes on');
  }

  /** Ends the session, whatever became of its audio. */
  #forget(why: CloseWord | 'lost'): void {
    if (this.#state !== 'closed') this.#become('fail');
    this.#close(why);
  }

  #close(why: CloseWord | 'finished' | 'lost'): void {
    const { metrics, log, clock, others } = this.#parts;
    this.#talk?.close();
    metrics.ends[why] += 1;
    log.info({ ...this.row(clock.nowMs()), end: why }, 'session ended');
    others.closed(this);
  }
}
