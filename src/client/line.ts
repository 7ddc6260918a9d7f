/**
 * Line: the way to the server, as one connection after another and the waits between.
 *
 * One socket counts: the connection before has ended, and is not read any more, when the next one
 * begins. It decides whether there is a next one, and when; what is sent and what was heard, it
 * doesn't know.
 */
import type { Timer } from '../clock.ts';
import type { Goaway, ServerMessage } from '../wire/message.ts';
import type { Pause } from './backoff.ts';
import { Backoff } from './backoff.ts';
import type { ConnectionPorts } from './connection.ts';
import { Connection } from './connection.ts';
import type { ConnectOptions, Limits, StreamState } from './options.ts';
import { addressOf } from './options.ts';
import type { StreamError } from './problem.ts';
import { gaveUp, problem } from './problem.ts';
import type { LineEvent, LineState } from './state.ts';
import { nextOfLine } from './state.ts';
import { askToken, requireSendable } from './token.ts';
import type { Refresh, Verdict } from './verdict.ts';
import { verdictOf } from './verdict.ts';

/** A connection that lasted so long has done well, whatever came of it. */
const STEADY_MS = 10_000;

export interface LinePorts extends ConnectionPorts {
  /** From 0 on and below 1. */
  readonly random: () => number;
}

export interface LineEvents {
  /** What `start` brings of the session so far; asked for each connection. */
  resume(): object | undefined;
  /** Whether there is audio without an outcome. */
  isWaiting(): boolean;
  /** The session can't be taken up again. */
  onForsaken(): void;
  onMessage(message: ServerMessage): void;
  onState(state: StreamState): void;
  /** Once, and last. Undefined: the summary has come. */
  onEnd(why: StreamError | undefined): void;
}

export class Line {
  readonly #options: ConnectOptions;
  readonly #limits: Limits;
  readonly #ports: LinePorts;
  readonly #events: LineEvents;
  readonly #address: string;
  readonly #backoff: Backoff;
  #state: LineState = 'asking';
  #connection: Connection | undefined;
  #attempt = 0;
  #refresh: Refresh;
  /** When the connection became live. */
  #liveMs: number | undefined;
  /** The token that was asked for, or the wait for the next attempt. */
  #timer: Timer | undefined;

  constructor(options: ConnectOptions, limits: Limits, ports: LinePorts, events: LineEvents) {
    this.#options = options;
    this.#limits = limits;
    this.#ports = ports;
    this.#events = events;
    this.#address = addressOf(options.url);
    this.#backoff = new Backoff(limits, ports.random);
    this.#refresh = typeof options.token === 'function' ? 'possible' : 'none';
  }

  /** The first attempt. Throws what `open` throws for a bad URL, or a token that can't be sent. */
  begin(): void {
    this.#call((token) => this.#open(token));
  }

  /** Frames and markers may be sent. */
  get live(): boolean {
    return this.#connection?.live === true;
  }

  /** Only while live. */
  send(item: Uint8Array | object): void {
    this.#connection?.send(item);
  }

  /** Something was settled: whatever trouble there was is over. */
  steady(): void {
    this.#backoff.reset();
  }

  /** The network may be back: a wait of our own ends now; one that the server asked for doesn't. */
  hint(): void {
    if (this.#enter('hint')) this.#again();
  }

  /** There is audio to bring: a rest ends. */
  need(): void {
    if (this.#enter('audio')) this.#again();
  }

  /** Gives the connection up as lost; another one follows. */
  drop(why: StreamError): void {
    this.#connection?.close(why);
  }

  /** Ends. onEnd comes before this returns, unless it had come. */
  close(why: StreamError): void {
    this.#end(why);
  }

  #call(open: (token: string | undefined) => void): void {
    this.#events.onState({ state: 'connecting', attempt: this.#attempt });
    const { token } = this.#options;
    if (typeof token !== 'function') {
      open(token);
      return;
    }
    this.#timer = askToken({
      source: token,
      clock: this.#ports.clock,
      msMax: this.#limits.connectMsMax,
      onAnswer: (answer) => {
        if ('token' in answer) this.#tryOpen(answer.token);
        else this.#onLost(answer);
      },
    });
  }

  #open(token: string | undefined): void {
    requireSendable(token);
    if (!this.#enter('token')) return;
    const resume = this.#events.resume();
    const integrity = this.#options.deviceKey === undefined ? {} : { integrity: 'hmac-sha256' };
    const more = { ...integrity, ...(resume && { resume }) };
    const start = { ...this.#options.start, type: 'start', ...more };
    this.#liveMs = undefined;
    this.#connection = new Connection(
      { url: this.#options.url, token, start },
      this.#limits,
      this.#ports,
      {
        onMessage: (message) => this.#onMessage(message),
        onEnd: (why) => {
          if (why === undefined) this.#end(why);
          else this.#onLost(why);
        },
      },
    );
  }

  /** After the first attempt there is nobody to throw at. */
  #tryOpen(token: string | undefined): void {
    try {
      this.#open(token);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#end(problem('unreachable', `${this.#address}: ${why}`));
    }
  }

  #onMessage(message: ServerMessage): void {
    if (message.type === 'ready') this.#onLive();
    // From here on what this node says doesn't exist for us.
    if (message.type === 'goaway') this.drop(goingAway(this.#address, message));
    this.#events.onMessage(message);
  }

  #onLive(): void {
    this.#liveMs = this.#ports.clock.nowMs();
    if (this.#refresh === 'spent') this.#refresh = 'possible';
  }

  #onLost(why: StreamError): void {
    if (this.#state === 'over') return;
    const lastedMs = this.#ports.clock.nowMs() - (this.#liveMs ?? Number.POSITIVE_INFINITY);
    if (lastedMs >= STEADY_MS) this.steady();
    const verdict = verdictOf(why, this.#refresh);
    if (this.#refresh === 'possible' && why.status === 401) this.#refresh = 'spent';
    if (verdict === 'anew') this.#events.onForsaken();
    if (verdict === 'end') this.#end(why);
    else if (verdict === 'rest' && !this.#events.isWaiting()) this.#rest(why);
    else this.#retry(why, verdict);
  }

  #rest(why: StreamError): void {
    this.#enter('lost_idle');
    this.#attempt = 0;
    this.#events.onState({ state: 'resting', why });
  }

  #retry(why: StreamError, verdict: Verdict): void {
    const { retryAfterMs = 0 } = why;
    const hurry = verdict === 'resume' && isHurried(why);
    const pause = this.#backoff.next(this.#ports.clock.nowMs(), retryAfterMs, hurry);
    if (pause === undefined) {
      const { giveUpMsMax } = this.#limits;
      this.#end(giveUpMsMax === 0 ? why : gaveUp(why, giveUpMsMax));
      return;
    }
    this.#enter(retryAfterMs > 0 ? 'lost_held' : 'lost');
    this.#wait(pause);
    this.#events.onState({ state: 'reconnecting', why, ...pause });
  }

  #wait({ attempt, waitMs }: Pause): void {
    this.#attempt = attempt;
    this.#timer = this.#ports.clock.after(waitMs, () => {
      if (this.#enter('due')) this.#again();
    });
  }

  #again(): void {
    this.#timer?.cancel();
    this.#call((token) => this.#tryOpen(token));
  }

  #end(why: StreamError | undefined): void {
    if (!this.#enter('end')) return;
    this.#timer?.cancel();
    // With a summary it has ended by itself.
    this.#connection?.close(why ?? problem('closed', 'the summary has come'));
    this.#events.onState({ state: 'ended', why });
    this.#events.onEnd(why);
  }

  /** Whether the event meant something; if so, it has. */
  #enter(event: LineEvent): boolean {
    const state = nextOfLine(this.#state, event);
    if (state === undefined) return false;
    this.#state = state;
    return true;
  }
}

/** A node that says in time that it leaves, and a token that has run out, are no trouble. */
function isHurried({ code, status, close }: StreamError): boolean {
  return (code === 'draining' && close === undefined) || status === 401 || close === 4010;
}

function goingAway(address: string, { timeLeftMs }: Goaway): StreamError {
  const what = `${address} goes away in ${timeLeftMs} ms`;
  return problem('draining', what, { retryable: true });
}
