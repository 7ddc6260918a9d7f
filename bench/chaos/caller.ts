/**
 * Caller: a phone of the chaos, which speaks test audio without end and keeps all that it is told.
 */
import { connect } from '../../src/client/node.ts';
import type { StreamState } from '../../src/client/options.ts';
import type { ServerMessage, Summary } from '../../src/wire/message.ts';
import { randomOf } from '../../test/emulator/random.ts';
import { linear16, numbersIn, Speaker } from '../../test/emulator/voice.ts';
import { planOf } from '../../test/simulation/schedule.ts';
import { faultsOf } from '../../test/simulation/verdict.ts';

export const FRAME_MS = 100;
const RATE = 8_000;

export class Caller {
  readonly #heard: ServerMessage[] = [];
  readonly #states: StreamState[] = [];
  /** What it was told, each with the audio sent by then, in ms. */
  readonly #record: [sentMs: number, told: ServerMessage | StreamState][] = [];
  readonly #speaker: Speaker;
  readonly #stream: ReturnType<typeof connect>;
  /** Whole words that are in a final. */
  #told = 0;
  #sent = 0;
  /** How often its connection was lost while words had no final yet. */
  hits = 0;

  constructor(url: string, seed: number) {
    const random = randomOf(seed);
    this.#speaker = new Speaker(planOf(random)(random), RATE);
    this.#stream = connect({
      url,
      start: { encoding: 'LINEAR16', sampleRateHertz: RATE, words: true },
      onMessage: (message) => {
        this.#heard.push(message);
        this.#record.push([this.#sent * FRAME_MS, message]);
        if (message.type === 'final') this.#told += numbersIn(message.text).length;
      },
      onState: (state) => {
        const isLost = state.state === 'reconnecting' && this.#isOn;
        if (isLost && this.#speaker.words.length > this.#told + 1) this.hits += 1;
        this.#states.push(state);
        this.#record.push([this.#sent * FRAME_MS, state]);
      },
    });
    this.#stream.ready().catch(() => undefined);
  }

  /** Whether it has a session on a connection. */
  get #isOn(): boolean {
    const { state } = this.#states.at(-1) ?? {};
    return state === 'live' || state === 'resumed';
  }

  get words(): number {
    return this.#speaker.words.length;
  }

  get gaps(): number {
    return this.#heard.filter(({ type }) => type === 'gap').length;
  }

  /** How often it was so: connecting, resumed, reconnecting, ... */
  get states(): readonly StreamState[] {
    return this.#states;
  }

  get record(): object {
    return { record: this.#record, words: this.#speaker.words };
  }

  speak(): void {
    this.#stream.write(linear16(this.#speaker.read((RATE * FRAME_MS) / 1000)));
    this.#sent += 1;
  }

  /** Ends it, and says what was wrong with all that it was told, a sentence each. */
  async finish(waitMsMax: number): Promise<string[]> {
    const late = new Promise<undefined>((resolve) => {
      setTimeout(() => resolve(undefined), waitMsMax).unref();
    });
    const summary: Summary | undefined = await Promise.race([
      this.#stream.finish().catch(() => undefined),
      late,
    ]);
    return faultsOf({
      heard: this.#heard,
      states: this.#states,
      words: this.#speaker.words,
      sampleRateHertz: RATE,
      sentMs: this.#sent * FRAME_MS,
      summary,
    });
  }
}
