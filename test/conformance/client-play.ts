/**
 * ClientPlay: one case played against a client, step by step: the server's side and the app's.
 */
import type { Clock, Timer } from '../../src/clock.ts';
import type { Ack, ClientMessage, Ready } from '../../src/wire/message.ts';
import { CLIENT_DEFAULTS, filled, START } from './answers.ts';
import type { ClientCase, ClientStep, Json } from './case.ts';
import type { Attempt, Peer } from './front.ts';
import { Mail } from './mail.ts';
import { missing } from './match.ts';
import { placeOf, ramp, SAMPLES_PER_MS } from './ramp.ts';
import { Watch } from './watch.ts';

/** How long something may take that should come at once. */
const SOON_MS = 3_000;
/** The same for a client that has to begin first. */
const BEGIN_MS = 20_000;
const HEARTBEAT_MS = 800;
/** A timer may be early by so much, seen from another process. */
const EARLY_MS = 30;

const WATCHED = ['final', 'gap', 'summary', 'end'];

type Item = ClientMessage | { readonly type: 'audio frame'; readonly audio: Uint8Array } | 'closed';
type Step<K extends string> = Extract<ClientStep, { readonly [k in K]: unknown }>;

export interface PlayPorts {
  readonly clock: Clock;
  /** How much later than it should a thing may come. */
  readonly slackMs: number;
  /** Tells the client's adapter a command. */
  tell(command: Json): void;
}

/** What a server says of where it is. */
type Cursor = Pick<Ack, 'received' | 'settled' | 'settledMs' | 'windowMs'>;

class Failure extends Error {}

export class ClientPlay {
  readonly #ports: PlayPorts;
  readonly #attempts: Mail<{ readonly attempt: Attempt; readonly atMs: number }>;
  readonly #told: Mail<Json>;
  readonly #watch: Watch;
  #items: Mail<Item>;
  #peer: Peer | undefined;
  #before: Peer | undefined;
  /** When the server last did anything. */
  #actedMs: number;
  #opened = 0;
  #ack: Cursor = { received: 0, settled: 0, settledMs: 0, windowMs: 0 };
  #heartbeat: Timer | undefined;

  constructor(ports: PlayPorts) {
    this.#ports = ports;
    this.#attempts = new Mail(ports.clock);
    this.#told = new Mail(ports.clock);
    this.#items = new Mail(ports.clock);
    this.#watch = new Watch(ports.clock);
    this.#actedMs = ports.clock.nowMs();
  }

  onAttempt(attempt: Attempt): void {
    this.#attempts.push({ attempt, atMs: this.#ports.clock.nowMs() });
  }

  /** A line that the client's adapter has printed. */
  onTold(line: Json): void {
    this.#told.push(line);
  }

  /** What was wrong, a sentence each; empty when the client does as it should. */
  async play({ steps, options }: ClientCase, url: string): Promise<string[]> {
    const wrong: string[] = [];
    this.#ports.tell({ do: 'connect', url, ...options });
    try {
      for (const [at, step] of steps.entries()) {
        await this.#play(step).catch((error: unknown) => {
          if (!(error instanceof Failure)) throw error;
          throw new Failure(`step ${at + 1}, ${JSON.stringify(step)}: ${error.message}`);
        });
      }
      const rest = this.#told.drain().filter(({ type }) => WATCHED.includes(String(type)));
      for (const line of rest) wrong.push(`the app was also told ${JSON.stringify(line)}`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      wrong.push(error.message);
    }
    this.#heartbeat?.cancel();
    return [...wrong, ...this.#watch.wrong];
  }

  async #play(step: ClientStep): Promise<void> {
    if ('write' in step) this.#write(step);
    else if ('app' in step) this.#ports.tell(step.app);
    else if ('open' in step) await this.#open(step);
    else if ('accept' in step) await this.#accept(step.accept);
    else if ('refuse' in step) await this.#refuse(step);
    else if ('start' in step) await this.#start(step.start, step.lacks);
    else if ('say' in step) this.#say(step.say, step.on === 'before' ? this.#before : this.#peer);
    else if ('text' in step) this.#peer?.say(step.text);
    else if ('end' in step) this.#end(step.end);
    else if ('heartbeat' in step) this.#heartbeat?.cancel();
    else if ('audio' in step) await this.#audio(step);
    else if ('message' in step) await this.#message(step.message, step.withinMs);
    else if ('quiet' in step) await this.#quiet(step.quiet);
    else if ('nobody' in step) await this.#nobody(step.nobody);
    else await this.#expectTold(step);
  }

  #write({ write: [from, to], frameMs }: Step<'write'>): void {
    for (let at = from; at < to; at += frameMs) {
      const audio = ramp(at * SAMPLES_PER_MS, Math.min(frameMs, to - at) * SAMPLES_PER_MS);
      this.#ports.tell({ do: 'write', audio: Buffer.from(audio).toString('base64') });
    }
  }

  async #open({ open, start = {}, lacks = [] }: Step<'open'>): Promise<void> {
    await this.#accept({});
    await this.#start(start, lacks);
    this.#say({ type: 'ready', ...open }, this.#peer);
  }

  async #accept({ afterMs, token }: Step<'accept'>['accept']): Promise<void> {
    const attempt = await this.#attempt(afterMs, token);
    this.#before = this.#peer;
    this.#items = new Mail(this.#ports.clock);
    this.#watch.begin();
    const items = this.#items;
    // What an earlier connection brings counts for nothing.
    const isCurrent = (): boolean => items === this.#items;
    this.#peer = attempt.accept({
      onText: (text) => {
        const message = isCurrent() ? this.#watch.onText(text) : undefined;
        if (message !== undefined) items.push(message);
      },
      onAudio: (audio) => {
        if (!isCurrent()) return;
        this.#watch.onAudio(audio);
        items.push({ type: 'audio frame', audio });
      },
      onClose: () => items.push('closed'),
    });
    this.#acted();
  }

  async #refuse({ refuse, retryAfter, afterMs, token }: Step<'refuse'>): Promise<void> {
    const attempt = await this.#attempt(afterMs, token);
    if (refuse === 'drop') attempt.drop();
    else attempt.refuse(refuse, retryAfter);
    this.#acted();
  }

  async #attempt(afterMs: readonly [number, number] | undefined, token?: string): Promise<Attempt> {
    const { clock, slackMs } = this.#ports;
    const [minMs, maxMs] = afterMs ?? [0, this.#opened === 0 ? BEGIN_MS : 2 * SOON_MS];
    const leftMs = this.#actedMs + maxMs + slackMs - clock.nowMs();
    const came = await this.#attempts.take(leftMs);
    if (came === undefined) throw new Failure(`no connection came within ${maxMs} ms`);
    this.#opened += 1;
    const waitedMs = came.atMs - this.#actedMs;
    if (waitedMs < minMs - EARLY_MS) {
      throw new Failure(`a connection came after ${Math.round(waitedMs)} ms, too early`);
    }
    this.#watch.wrong.push(...came.attempt.wrong);
    if (token !== undefined && came.attempt.token !== token) {
      throw new Failure(`it came with the bearer token ${came.attempt.token}, expected ${token}`);
    }
    return came.attempt;
  }

  async #start(has: Json, lacks: readonly string[] = []): Promise<void> {
    const absent = Object.fromEntries(lacks.map((name) => [name, null]));
    await this.#message({ ...START, ...has, ...absent }, SOON_MS);
  }

  #say(message: Json, peer: Peer | undefined): void {
    const said = filled(message, { ...this.#ack, received: this.#watch.count }, (text) =>
      this.#watch.numberAt(text),
    );
    peer?.say(JSON.stringify(said));
    if (peer !== this.#peer) return;
    this.#acted();
    if (said['type'] === 'ready') this.#onReady(said as Ready);
    const { received, settled, settledMs, windowMs } = this.#ack;
    this.#ack = { received, settled, settledMs, windowMs, ...cursorOf(said) };
    if (said['type'] === 'ack') this.#watch.onAck(this.#ack.received, this.#ack.windowMs);
    if (said['type'] === 'final') this.#watch.onFinal(Number(said['result']));
    if (said['type'] === 'goaway' || said['type'] === 'error') this.#heartbeat?.cancel();
  }

  #onReady(ready: Ready): void {
    this.#watch.onReady(ready);
    const { windowMs, frame } = ready;
    const { settled, settledMs } = ready.resumed === false ? CLIENT_DEFAULTS.ack : this.#ack;
    this.#ack = { received: frame - 1, settled, settledMs, windowMs };
    this.#beat();
  }

  /** A server that has nothing to say says an ack. */
  #beat(): void {
    this.#heartbeat?.cancel();
    this.#heartbeat = this.#ports.clock.after(HEARTBEAT_MS, () => {
      const { received, settled, settledMs, windowMs } = this.#ack;
      this.#say({ type: 'ack', received, settled, settledMs, windowMs }, this.#peer);
      this.#beat();
    });
  }

  #end(how: number | 'cut'): void {
    this.#heartbeat?.cancel();
    if (how === 'cut') this.#peer?.cut();
    else this.#peer?.close(how, '');
    this.#acted();
  }

  async #audio({ audio: [from, to], acking, passing = [] }: Step<'audio'>): Promise<void> {
    let at = from * SAMPLES_PER_MS;
    while (at < to * SAMPLES_PER_MS) {
      const item = await this.#next(SOON_MS + this.#ports.slackMs, passing);
      const place = `at ${at / SAMPLES_PER_MS} ms of the audio`;
      if (item === undefined) throw new Failure(`nothing came ${place}`);
      if (item === 'closed') throw new Failure(`the client left ${place}`);
      if (!('audio' in item)) throw new Failure(`${JSON.stringify(item)} came ${place}`);
      const samples = item.audio.byteLength / 2;
      if (!Buffer.from(item.audio).equals(ramp(at, samples))) {
        throw new Failure(`other audio came ${place}: ${placeOf(item.audio)}`);
      }
      at += samples;
      if (acking !== undefined) this.#say({ type: 'ack', windowMs: acking }, this.#peer);
    }
    if (at > to * SAMPLES_PER_MS) throw new Failure(`audio came up to ${at / SAMPLES_PER_MS} ms`);
  }

  async #message(want: Json, withinMs = SOON_MS): Promise<void> {
    const item = await this.#next(withinMs + this.#ports.slackMs, [], String(want['type']));
    const kind = JSON.stringify(want);
    if (item === undefined) throw new Failure(`nothing came, expected ${kind}`);
    if (item === 'closed') throw new Failure(`the client left, expected ${kind}`);
    if ('audio' in item) throw new Failure(`audio came: ${placeOf(item.audio)}, expected ${kind}`);
    const problem =
      item.type === want['type'] ? missing(want, item) : `${item.type} came, expected ${kind}`;
    if (problem !== undefined) throw new Failure(problem);
  }

  async #quiet(forMs: number): Promise<void> {
    const item = await this.#next(forMs, []);
    if (item === undefined) return;
    if (item === 'closed') throw new Failure('the client left');
    throw new Failure('audio' in item ? `audio came: ${placeOf(item.audio)}` : `${item.type} came`);
  }

  async #nobody(forMs: number): Promise<void> {
    if ((await this.#attempts.take(forMs)) !== undefined) throw new Failure('a connection came');
  }

  async #expectTold({ told, withinMs = 2 * SOON_MS }: Step<'told'>): Promise<void> {
    const types = new Set([...WATCHED, ...told.map(({ type }) => String(type))]);
    const { clock, slackMs } = this.#ports;
    const endMs = clock.nowMs() + withinMs + slackMs;
    for (const want of told) {
      let line = await this.#told.take(endMs - clock.nowMs());
      while (line !== undefined && !types.has(String(line['type']))) {
        line = await this.#told.take(endMs - clock.nowMs());
      }
      if (line === undefined) throw new Failure(`the app was not told ${JSON.stringify(want)}`);
      const problem = missing(want, line);
      if (problem !== undefined) {
        throw new Failure(`the app was told ${JSON.stringify(line)}: ${problem}`);
      }
    }
  }

  /** The next thing that isn't a sign of life. */
  async #next(
    withinMs: number,
    passing: readonly string[],
    wanted = '',
  ): Promise<Item | undefined> {
    const { clock } = this.#ports;
    const endMs = clock.nowMs() + withinMs;
    const passes = new Set(['keepalive', 'seen', ...passing].filter((type) => type !== wanted));
    while (true) {
      const item = await this.#items.take(endMs - clock.nowMs());
      if (item === undefined || item === 'closed' || !passes.has(item.type)) return item;
    }
  }

  #acted(): void {
    this.#actedMs = this.#ports.clock.nowMs();
  }
}

/** What a message says anew. */
function cursorOf(said: Json): Partial<Cursor> {
  const names = ['received', 'settled', 'settledMs', 'windowMs'].filter((name) => name in said);
  return Object.fromEntries(names.map((name) => [name, Number(said[name])]));
}
