/**
 * ScriptedEngine: voice and decoder of the embedded recognizer's thread, by rule and by hand.
 *
 * A window with any sample other than zero is voice. A decode answers when the test says so.
 */
import type { Decoder } from '../../src/speech/embedded/decoder.ts';
import type { Engine } from '../../src/speech/embedded/hearings.ts';
import { Hearings } from '../../src/speech/embedded/hearings.ts';
import type { Said, StreamConfig } from '../../src/speech/embedded/messages.ts';
import type { Voice } from '../../src/speech/embedded/voice.ts';
import { FakeClock, settle } from './fake-clock.ts';

interface Decode {
  readonly kind: 'interim' | 'final';
  readonly seconds: number;
  answer(text: string): Promise<void>;
  fail(message: string): Promise<void>;
}

const RATE = 16_000;
const CONFIG: StreamConfig = { encoding: 'LINEAR16', sampleRateHertz: RATE, interim: true };

export const silence = (ms: number): Uint8Array => new Uint8Array((2 * RATE * ms) / 1000);
export const voice = (ms: number): Uint8Array => silence(ms).fill(1);

export class ScriptedEngine implements Engine {
  readonly clock = new FakeClock();
  readonly decodesMax: number;
  /** Those in flight, the oldest first. */
  readonly decodes: Decode[] = [];
  /** Detectors that a stream has taken and not given back. */
  voicesTaken = 0;

  constructor(decodesMax: number) {
    this.decodesMax = decodesMax;
  }

  readonly voices = {
    take: (): Voice => {
      this.voicesTaken += 1;
      return {
        hears: (window) => window.some((sample) => sample !== 0),
        giveBack: () => {
          this.voicesTaken -= 1;
        },
      };
    },
  };

  readonly decoder: Decoder = {
    interim: (samples) => this.#decode('interim', samples),
    final: (samples) => this.#decode('final', samples),
  };

  readonly newResampler = (): never => {
    throw new Error('all audio is at 16 kHz');
  };

  #decode(kind: Decode['kind'], samples: Float32Array): Promise<string> {
    return new Promise((resolve, reject) => {
      const over = async (end: () => void): Promise<void> => {
        this.decodes.splice(this.decodes.indexOf(decode), 1);
        end();
        await settle();
        await this.clock.advance(0);
      };
      const decode: Decode = {
        kind,
        seconds: samples.length / RATE,
        answer: (text) => over(() => resolve(text)),
        fail: (message) => over(() => reject(new Error(message))),
      };
      this.decodes.push(decode);
    });
  }
}

/** Streams on a ScriptedEngine, and what they told. */
export function newHearingsRig(decodesMax = 2) {
  const engine = new ScriptedEngine(decodesMax);
  const said: Said[] = [];
  const hearings = new Hearings(engine, (message) => said.push(message));
  return {
    engine,
    hearings,
    /** The stream, the type, the text or the end in ms; of silences that follow each other the last. */
    told: (): string[] =>
      said
        .filter(({ type }) => type !== 'taken')
        .filter(({ type }, i, all) => type !== 'silence' || all[i + 1]?.type !== 'silence')
        .map((message) => `${message.id} ${message.type} ${detailOf(message)}`.trim()),
    taken: (): number =>
      said.reduce((sum, message) => sum + (message.type === 'taken' ? message.bytes : 0), 0),
    open: (id: number, part: Partial<StreamConfig> = {}) =>
      hearings.receive({ type: 'open', id, config: { ...CONFIG, ...part } }),
    async hear(id: number, ...audio: Uint8Array[]): Promise<void> {
      for (const bytes of audio) hearings.receive({ type: 'audio', id, bytes });
      await engine.clock.advance(200);
    },
    async ask(id: number, type: 'endpoint' | 'finish' | 'abort'): Promise<void> {
      hearings.receive({ type, id });
      await engine.clock.advance(1);
    },
  };
}

function detailOf(said: Said): string {
  if (said.type === 'silence') return String((said.endSample * 1000) / RATE);
  if (said.type === 'end') return said.fault ?? '';
  return said.type === 'taken' ? String(said.bytes) : said.text;
}
