/**
 * MutantRig: the door with everything behind it, in virtual time, for sessions that make no sense.
 */
import { newAuth } from '../../src/edge/auth.ts';
import { newDoor } from '../../src/edge/door.ts';
import { Gate } from '../../src/edge/gate.ts';
import type { Door } from '../../src/edge/listener.ts';
import { Overload } from '../../src/edge/overload.ts';
import { CLOSE } from '../../src/wire/close.ts';
import { lend } from './lend.ts';
import { messagesOf } from './mutator.ts';
import { SessionRig } from './session-rig.ts';

const CODES: readonly number[] = [1000, ...Object.values(CLOSE).map(({ close }) => close)];
const WORDS: readonly string[] = Object.keys(CLOSE);
const KNOCK = {
  query: '',
  authorization: '',
  subprotocols: ['earshot.v1'],
  address: '127.0.0.1',
  origin: '',
  host: '',
  isForwarded: false,
};

export class MutantRig {
  readonly #rig = new SessionRig({ settings: { EARSHOT_RESUME_GRACE_MS_MAX: '0' } });
  readonly #door: Door;
  /** How sessions ended, by the word of their `error`; `none` went on until they were cut off. */
  readonly ends: Record<string, number> = {};
  /** The longest that one took, in ms. */
  slowestMs = 0;

  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    const { clock, config } = this.#rig;
    this.#door = newDoor({
      ...this.#rig,
      ...{ clock, config, auth: newAuth(config, clock), gate: new Gate(config) },
      overload: new Overload(config.loopDelayMsMax),
      random: () => 0.5,
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      isDraining: () => false,
      onTaken: ignore,
    });
  }

  /** Throws what the door throws, and for an answer that is not documented. */
  run(seed: number): void {
    const fromMs = this.#nowMs();
    const sent: string[] = [];
    const closes: number[] = [];
    const enter = this.#door.answer(KNOCK);
    if (typeof enter !== 'function') throw new TypeError('the door is closed');
    const connection = enter({
      send: (text) => {
        sent.push(text);
        return 'sent';
      },
      bufferedBytes: () => 0,
      end: (code) => closes.push(code),
    });
    for (const message of messagesOf(seed)) {
      if (typeof message === 'string') connection.onText(message);
      else lend(message, (lent) => connection.onBinary(lent));
    }
    connection.onLost();
    this.#judge(seed, sent, closes);
    this.slowestMs = Math.max(this.slowestMs, this.#nowMs() - fromMs);
  }

  /** Lets time pass; throws when anything is left of the sessions. */
  async settle(): Promise<void> {
    await this.#rig.clock.advance(20_000);
    const { registry, budget, metrics } = this.#rig;
    const left = [registry.size, budget.used, metrics.unsettledSeconds()];
    if (left.some((each) => each !== 0)) throw new Error(`${left} is left`);
  }

  #judge(seed: number, sent: readonly string[], closes: readonly number[]): void {
    const errors = sent.map((text) => JSON.parse(text)).filter(({ type }) => type === 'error');
    const [error] = errors;
    const word = error === undefined ? 'none' : String(error.code);
    this.ends[word] = (this.ends[word] ?? 0) + 1;
    const isKnown = error === undefined || (WORDS.includes(word) && error.message.length > 10);
    const isOnce = errors.length <= 1 && closes.length <= 1;
    if (isKnown && isOnce && closes.every((code) => CODES.includes(code))) return;
    throw new Error(`mutant ${seed}: ${JSON.stringify(errors)} and close ${closes}`);
  }
}

function ignore(): void {
  // Nobody is told.
}
