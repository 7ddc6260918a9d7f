/**
 * RecordedStream: a stream of any Recognizer with all that it said, and what it said wrongly.
 *
 * Every event is checked against the contract of the port as it comes; `violations` lists, in
 * words, what broke it.
 */
import type {
  FinalResult,
  InterimResult,
  Recognizer,
  RecognizerStream,
  SpeechConfig,
  StreamEvents,
  StreamFault,
} from '../../src/speech/recognizer.ts';
import { lend } from './lend.ts';

export class RecordedStream implements StreamEvents {
  readonly finals: FinalResult[] = [];
  readonly interims: InterimResult[] = [];
  readonly ends: (StreamFault | undefined)[] = [];
  readonly violations: string[] = [];
  drains = 0;
  /** The last end of an outcome. */
  settled = 0;
  written = 0;
  billedMs = 0;
  /** Called after each event, on top of its recording. */
  onSaid: () => void = () => undefined;
  readonly #stream: RecognizerStream;
  readonly #bytesPerSample: number;
  #isInCall = false;
  #hasAborted = false;
  #isPressed = false;
  #finalEnd = 0;

  constructor(recognizer: Recognizer, config: SpeechConfig) {
    this.#bytesPerSample = config.encoding === 'MULAW' ? 1 : 2;
    this.#isInCall = true;
    this.#stream = recognizer.open(config, this);
    this.#isInCall = false;
  }

  get texts(): string[] {
    return this.finals.map(({ text }) => text);
  }

  /** What the recognizer was given is something else as soon as it has answered. */
  write(audio: Uint8Array): boolean {
    this.written += audio.byteLength / this.#bytesPerSample;
    const isMoreWelcome = this.#call(() => lend(audio, (lent) => this.#stream.write(lent)));
    if (!isMoreWelcome) this.#isPressed = true;
    return isMoreWelcome;
  }

  endpoint(): void {
    this.#call(() => this.#stream.endpoint());
  }

  finish(): void {
    this.#call(() => this.#stream.finish());
  }

  abort(): void {
    this.#hasAborted = true;
    this.#call(() => this.#stream.abort());
  }

  onInterim(interim: InterimResult): void {
    this.#check('an interim follows its final', interim.startSample >= this.#finalEnd);
    this.#check('an interim ends beyond what was written', interim.endSample <= this.written);
    this.interims.push(interim);
    this.#said('an interim');
  }

  onFinal(final: FinalResult): void {
    this.#check('a final overlaps the one before', final.startSample >= this.#finalEnd);
    this.#check('a final begins after its end', final.startSample <= final.endSample);
    this.#finalEnd = final.endSample;
    this.finals.push(final);
    // A late one may lie in what was called silent.
    this.#settle(Math.max(this.settled, final.endSample));
    this.#check('a final ends beyond what was written', final.endSample <= this.written);
    this.#said('a final');
  }

  onSilence(endSample: number): void {
    this.#settle(endSample);
    this.#said('silence');
  }

  onDrain(): void {
    this.#check('a drain without a write that answered false', this.#isPressed);
    this.#isPressed = false;
    this.drains += 1;
    this.#said('a drain');
  }

  onEnd(fault: StreamFault | undefined, billedMs: number): void {
    this.#said('an end');
    this.ends.push(fault);
    this.billedMs = billedMs;
    this.onSaid();
  }

  #settle(endSample: number): void {
    this.#check('an outcome ends before an earlier one', endSample >= this.settled);
    this.#check('an outcome ends beyond what was written', endSample <= this.written);
    this.#check('an outcome ends between two samples', Number.isInteger(endSample));
    this.settled = endSample;
  }

  #said(what: string): void {
    this.#check(`${what} within a call`, !this.#isInCall);
    this.#check(`${what} after abort()`, !this.#hasAborted);
    this.#check(`${what} after the end`, this.ends.length === 0);
    if (what !== 'an end') this.onSaid();
  }

  #check(violation: string, isRight: boolean): void {
    if (!isRight) this.violations.push(violation);
  }

  #call<T>(call: () => T): T {
    // A call may be made within an event, and so within another call's answer.
    const isInCall = this.#isInCall;
    this.#isInCall = true;
    try {
      return call();
    } finally {
      this.#isInCall = isInCall;
    }
  }
}
