/**
 * ServerPlay: one case played against a server, over real sockets.
 */
import { WebSocket } from 'ws';
import { systemClock } from '../../src/clock.ts';
import { SUBPROTOCOL } from '../../src/wire/limits.ts';
import type { ServerMessage } from '../../src/wire/message.ts';
import { START } from './answers.ts';
import type { Json, ServerCase, ServerStep } from './case.ts';
import { statusOf } from './knock.ts';
import { Mail } from './mail.ts';
import { missing } from './match.ts';
import { Rules } from './rules.ts';
import { RATE, Sent } from './sent.ts';

const SOON_MS = 5_000;
const SETTLED_MS_MAX = 40_000;

export interface Target {
  readonly url: string;
  /** Bearer token, where the server wants one. */
  readonly token?: string | undefined;
  /** Speech as this server's recognizer understands it: LINEAR16 at 16,000 Hz, as often as needed. */
  readonly speech: Uint8Array;
  /** How long something may take at most, whatever a case says. */
  readonly patienceMs?: number | undefined;
  /** Changes what the server says, for a server that is broken on purpose. */
  tamper?(message: Json): readonly Json[];
  /** A type of message that never gets to such a server. */
  readonly deafTo?: string | undefined;
}

interface Closed {
  readonly code: number;
  readonly error: string | undefined;
}

type Step<K extends string> = Extract<ServerStep, { readonly [k in K]: unknown }>;

class Failure extends Error {}

/** One socket and what has come over it. */
interface Line {
  readonly socket: WebSocket;
  readonly mail: Mail<ServerMessage>;
  readonly closed: Mail<Closed>;
  acks: number;
}

class ServerPlay {
  readonly sent = new Sent();
  readonly rules = new Rules(this.sent);
  readonly #target: Target;
  #line: Line | undefined;
  #before: Line | undefined;
  /** Of the speech that was said. */
  #said = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  async play(step: ServerStep): Promise<void> {
    if ('connect' in step) await this.#connect(step);
    else if ('open' in step) await this.#open();
    else if ('speak' in step) await this.#speak(step);
    else if ('hush' in step) await this.#hush(step);
    else if ('burst' in step) this.#burst(step.burst);
    else if ('bytes' in step) this.#now.socket.send(new Uint8Array(step.bytes));
    else if ('send' in step) await this.#send(step.send);
    else if ('text' in step) this.#now.socket.send(step.text);
    else if ('expect' in step) await this.#expect(step);
    else if ('until' in step) await this.#until(step);
    else if ('settles' in step) await this.#settles(step);
    else if ('acks' in step) await this.#acks(step);
    else if ('cut' in step) this.#now.socket.terminate();
    else if ('closed' in step) await this.#closed(step);
    else if ('finished' in step) await this.#finished(step);
    else await this.#http(step);
  }

  end(): void {
    this.#line?.socket.terminate();
    this.#before?.socket.terminate();
  }

  #atMost(ms: number): number {
    return Math.min(ms, this.#target.patienceMs ?? Number.POSITIVE_INFINITY);
  }

  get #now(): Line {
    if (this.#line === undefined) throw new Failure('the case has no connection here');
    return this.#line;
  }

  async #connect({ connect, resume, lacks = [] }: Step<'connect'>): Promise<void> {
    await this.#open();
    const { token, result } = this.rules;
    const brought = resume === 'newest' ? { resume: { token, result } } : { resume };
    const start: Json = { ...START, ...connect, ...(resume === undefined ? {} : brought) };
    for (const name of lacks) delete start[name];
    this.#now.socket.send(JSON.stringify(start));
  }

  async #open(): Promise<void> {
    const { url, token } = this.#target;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url, SUBPROTOCOL, { headers, perMessageDeflate: false });
    const line: Line = {
      socket,
      mail: new Mail(systemClock),
      closed: new Mail(systemClock),
      acks: 0,
    };
    let error: string | undefined;
    socket.on('message', (data) => {
      const said: Json = JSON.parse(String(data));
      for (const each of this.#target.tamper?.(said) ?? [said]) {
        const message = each as ServerMessage;
        if (message.type === 'error') error = message.code;
        // One socket counts: what an older one says is not the session's.
        if (line === this.#line) this.#take(message, line);
      }
    });
    socket.on('close', (code) => line.closed.push({ code, error }));
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', (why) => reject(new Failure(`no connection: ${why.message}`)));
    });
    socket.on('error', () => undefined);
    this.#before = this.#line;
    this.#line = line;
    this.rules.begin();
  }

  #take(message: ServerMessage, line: Line): void {
    this.rules.take(message, systemClock.nowMs());
    if (message.type === 'ack') line.acks += 1;
    if (message.type === 'ready' && message.resumed !== false) this.sent.again(message.frame);
    if (message.type === 'ready' || message.type === 'ack') this.#pump();
    line.mail.push(message);
  }

  #pump(): void {
    const { received, windowMs } = this.rules;
    while (this.#now.socket.readyState === WebSocket.OPEN) {
      const item = this.sent.take(received, windowMs);
      if (item === undefined) return;
      if (item instanceof Uint8Array) this.#now.socket.send(item);
      else if (item['type'] !== this.#target.deafTo) this.#now.socket.send(JSON.stringify(item));
    }
  }

  async #speak({ speak, frameMs, as }: Step<'speak'>): Promise<void> {
    for (const audio of this.#frames(speak, frameMs)) {
      const content = Buffer.from(audio).toString('base64');
      if (as === 'base64') this.sent.frame(audio, { type: 'audio', content });
      else this.sent.frame(audio);
    }
    await this.#flush();
  }

  async #hush({ hush, frameMs }: Step<'hush'>): Promise<void> {
    for (let ms = 0; ms < hush; ms += frameMs) {
      this.sent.frame(new Uint8Array((Math.min(frameMs, hush - ms) * 2 * RATE) / 1000));
    }
    await this.#flush();
  }

  /** Whatever the window says. */
  #burst(ms: number): void {
    for (const audio of this.#frames(ms, 100)) {
      this.sent.frame(audio);
      const item = this.sent.take(0, Number.POSITIVE_INFINITY);
      if (item instanceof Uint8Array) this.#now.socket.send(item);
    }
  }

  #frames(ms: number, frameMs: number): Uint8Array[] {
    const { speech } = this.#target;
    const frames: Uint8Array[] = [];
    for (let at = 0; at < ms; at += frameMs) {
      const bytes = new Uint8Array((Math.min(frameMs, ms - at) * 2 * RATE) / 1000);
      for (let n = 0; n < bytes.length; n++) {
        bytes[n] = speech[this.#said % speech.length] ?? 0;
        this.#said += 1;
      }
      frames.push(bytes);
    }
    return frames;
  }

  /** What is tracked waits for its turn; the rest goes as it is. */
  async #send(message: Json): Promise<void> {
    if (!['gap', 'finalize', 'finish'].includes(String(message['type']))) {
      this.#now.socket.send(JSON.stringify(message));
      return;
    }
    this.sent.mark(message);
    await this.#flush();
  }

  async #flush(): Promise<void> {
    this.#pump();
    await this.#waitFor(() => this.sent.waiting === 0, 'the window opens', SETTLED_MS_MAX);
  }

  /** Passes over what isn't of this type. */
  async #expect({ expect, withinMs = SOON_MS }: Step<'expect'>): Promise<void> {
    const endMs = systemClock.nowMs() + this.#atMost(withinMs);
    while (true) {
      const message = await this.#now.mail.take(endMs - systemClock.nowMs());
      if (message === undefined) throw new Failure(`no ${expect['type']} came`);
      if (message.type !== expect['type']) continue;
      const problem = missing(expect, { ...message });
      if (problem !== undefined) throw new Failure(`${JSON.stringify(message)}: ${problem}`);
      return;
    }
  }

  async #until({ until, withinMs = SETTLED_MS_MAX }: Step<'until'>): Promise<void> {
    await this.#waitFor(() => this.rules[until] === this.sent.count, `all is ${until}`, withinMs);
  }

  /** Some message has this settledMs, exactly, and none before it has more. */
  async #settles({ settles, withinMs = SETTLED_MS_MAX }: Step<'settles'>): Promise<void> {
    const endMs = systemClock.nowMs() + this.#atMost(withinMs);
    for (let at = -1; at !== settles; ) {
      const message = await this.#now.mail.take(endMs - systemClock.nowMs());
      if (message === undefined) throw new Failure(`nothing settled ${settles} ms, only ${at}`);
      if ('settledMs' in message) at = message.settledMs;
      if (at > settles) throw new Failure(`${at} ms were settled at once, expected ${settles}`);
    }
  }

  async #acks({ acks, forMs }: Step<'acks'>): Promise<void> {
    const before = this.#now.acks;
    await new Promise<void>((resolve) => systemClock.after(forMs, resolve));
    const came = this.#now.acks - before;
    if (came < acks) throw new Failure(`${came} acks came in ${forMs} ms, expected ${acks}`);
  }

  async #closed({ closed, error, on, withinMs = SOON_MS }: Step<'closed'>): Promise<void> {
    const line = on === 'before' ? this.#before : this.#now;
    const came = await line?.closed.take(this.#atMost(withinMs));
    if (came === undefined) throw new Failure(`the connection stays, expected ${closed}`);
    if (came.code !== closed) throw new Failure(`the close code is ${came.code} '${came.error}'`);
    if (error !== undefined && came.error !== error) throw new Failure(`it says '${came.error}'`);
  }

  async #finished({ withinMs = SETTLED_MS_MAX }: Step<'finished'>): Promise<void> {
    await this.#expect({ expect: { type: 'summary' }, withinMs });
    await this.#closed({ closed: 1000 });
    const { settledMs } = this.rules;
    const { endMs } = this.sent;
    if (this.rules.result > 0 && settledMs > endMs)
      throw new Failure(`${settledMs} ms are settled`);
  }

  async #http({ http, headers, status }: Step<'http'>): Promise<void> {
    const got = await statusOf(this.#target.url, http, headers).catch((why: Error) => {
      throw new Failure(`no answer: ${why.message}`);
    });
    if (got !== status) throw new Failure(`the answer is HTTP ${got}`);
  }

  async #waitFor(holds: () => boolean, what: string, withinMs: number): Promise<void> {
    const endMs = systemClock.nowMs() + this.#atMost(withinMs);
    while (!holds()) {
      if (systemClock.nowMs() > endMs) throw new Failure(`not within ${withinMs} ms: ${what}`);
      await new Promise<void>((resolve) => systemClock.after(5, resolve));
    }
  }
}

/** What was wrong, a sentence each; empty when the server does as it should. */
export async function playServerCase({ steps }: ServerCase, target: Target): Promise<string[]> {
  const play = new ServerPlay(target);
  const wrong: string[] = [];
  try {
    for (const [at, step] of steps.entries()) {
      await play.play(step).catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        wrong.push(`step ${at + 1}, ${JSON.stringify(step)}: ${error.message}`);
      });
      if (wrong.length > 0) break;
    }
  } finally {
    play.end();
  }
  return [...wrong, ...play.rules.wrong];
}
