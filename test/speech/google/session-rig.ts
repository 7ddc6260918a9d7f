/**
 * Google session rig: sessions on the Google recognizer and the emulator, all in virtual time.
 */
import type { Driver, Version } from '../../../src/speech/google/driver.ts';
import type { GoogleRecognizer } from '../../../src/speech/google/recognizer.ts';
import type { RotationPolicy } from '../../../src/speech/rotation.ts';
import type { EmulatorOptions } from '../../emulator/emulator.ts';
import { Emulator } from '../../emulator/emulator.ts';
import { InProcess } from '../../emulator/in-process.ts';
import type { Spoken } from '../../emulator/voice.ts';
import { linear16, numbersIn, Speaker } from '../../emulator/voice.ts';
import { EmulatorDriver } from '../../fakes/emulator-driver.ts';
import type { FakeClock } from '../../fakes/fake-clock.ts';
import type { Phone, RigOptions } from '../../fakes/session-rig.ts';
import { SessionRig } from '../../fakes/session-rig.ts';
import { RATE, recognizerOf } from './rigs.ts';

const FRAME_MS = 100;
/** Idle channels go after a minute. */
const SHRINK_MS = 61_000;

export interface GoogleRigOptions extends Omit<RigOptions, 'recognizer' | 'scripted'> {
  readonly emulator?: EmulatorOptions;
  readonly startsPerMinuteMax?: number;
  readonly rotation?: RotationPolicy;
}

export class GoogleSessionRig extends SessionRig {
  readonly emulator: Emulator;
  readonly google: GoogleRecognizer;
  readonly drivers: EmulatorDriver[];

  constructor(version: Version, options: GoogleRigOptions = {}) {
    const made = { drivers: [] as EmulatorDriver[] };
    const make = (clock: FakeClock) => {
      const emulator = new Emulator(clock, options.emulator);
      const front = new InProcess(emulator, clock);
      const newDriver = (): Driver => {
        const driver = new EmulatorDriver(front);
        made.drivers.push(driver);
        return driver;
      };
      const google = recognizerOf(version, clock, newDriver, options);
      return { emulator, google };
    };
    let parts: ReturnType<typeof make> | undefined;
    super({
      ...options,
      overlapsMax: options.overlapsMax ?? 5,
      recognizer: (clock) => {
        parts = make(clock);
        return parts.google;
      },
    });
    if (parts === undefined) throw new Error('no recognizer was asked for');
    this.emulator = parts.emulator;
    this.google = parts.google;
    this.drivers = made.drivers;
  }

  /** Says `plan` at the pace of speech and `tailMs` of silence; answers the numbers it said. */
  async say(phone: Phone, plan: Iterable<Spoken>, ms: number): Promise<number[]> {
    const speaker = new Speaker(plan, RATE);
    for (let at = 0; at < ms; at += FRAME_MS) {
      phone.session.frame(linear16(speaker.read((RATE * FRAME_MS) / 1000)));
      await this.clock.advance(FRAME_MS);
    }
    return speaker.words.map(({ number }) => number);
  }

  async close(): Promise<void> {
    await this.google.close();
    await this.clock.advance(SHRINK_MS);
  }
}

/** The numbers of all finals, in order. */
export function said(phone: Phone): number[] {
  return phone.all('final').flatMap(({ text }) => numbersIn(text));
}
