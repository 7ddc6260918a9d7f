/**
 * Hearings: all streams of the thread, and whose turn it is.
 *
 * Each round every stream takes a little of the audio that waits; then decodes are started. The
 * thread hears its messages between the rounds.
 */
import type { Clock, Timer } from '../../clock.ts';
import type { Decoder } from './decoder.ts';
import { Decodes } from './decodes.ts';
import type { Told } from './hearing.ts';
import { Hearing } from './hearing.ts';
import { Intake } from './intake.ts';
import type { Said, StreamConfig, ToThread } from './messages.ts';
import type { NewResampler } from './pcm.ts';
import type { VoicePool } from './voice.ts';

export interface Engine {
  readonly clock: Clock;
  readonly voices: VoicePool;
  readonly newResampler: NewResampler;
  readonly decoder: Decoder;
  readonly decodesMax: number;
}

type Message = Exclude<ToThread, { type: 'close' }>;

export class Hearings {
  readonly #engine: Engine;
  readonly #say: (said: Said) => void;
  readonly #decodes: Decodes;
  readonly #hearings = new Map<number, Hearing>();
  #round: Timer | undefined;
  #onIdle: (() => void) | undefined;

  constructor(engine: Engine, say: (said: Said) => void) {
    this.#engine = engine;
    this.#say = say;
    this.#decodes = new Decodes(engine.decoder, engine.decodesMax, () => this.#decoded());
  }

  receive(message: Message): void {
    if (message.type === 'open') this.#open(message.id, message.config);
    const hearing = this.#hearings.get(message.id);
    if (hearing === undefined) return;
    if (message.type === 'audio') hearing.write(message.bytes);
    if (message.type === 'endpoint') hearing.endpoint();
    if (message.type === 'finish') hearing.finish();
    if (message.type === 'abort') hearing.end(undefined);
    this.#schedule();
  }

  /** Forgets all streams; the answer comes when no decode is in flight. */
  close(): Promise<void> {
    for (const hearing of this.#hearings.values()) hearing.end(undefined);
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      this.#settleIdle();
    });
  }

  #open(id: number, config: StreamConfig): void {
    const { voices, newResampler } = this.#engine;
    const intake = new Intake(config, voices, newResampler);
    this.#hearings.set(id, new Hearing(intake, config.interim, this.#told(id)));
  }

  #told(id: number): Told {
    return {
      taken: (bytes) => this.#say({ type: 'taken', id, bytes }),
      interim: (startSample, endSample, text) =>
        this.#say({ type: 'interim', id, startSample, endSample, text }),
      final: (startSample, endSample, text) =>
        this.#say({ type: 'final', id, startSample, endSample, text }),
      silence: (endSample) => this.#say({ type: 'silence', id, endSample }),
      end: (fault) => {
        this.#hearings.delete(id);
        this.#say(fault === undefined ? { type: 'end', id } : { type: 'end', id, fault });
      },
    };
  }

  #schedule(): void {
    this.#round ??= this.#engine.clock.after(0, () => this.#play());
  }

  #play(): void {
    this.#round = undefined;
    const nowMs = this.#engine.clock.nowMs();
    for (const hearing of this.#hearings.values()) if (hearing.pumps) hearing.pump(nowMs);
    this.#decodes.fill(this.#hearings.values());
    const hearings = [...this.#hearings.values()];
    if (hearings.some(({ pumps }) => pumps)) this.#schedule();
  }

  #decoded(): void {
    this.#settleIdle();
    this.#schedule();
  }

  #settleIdle(): void {
    if (this.#decodes.inFlight === 0) this.#onIdle?.();
  }
}
