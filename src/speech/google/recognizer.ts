/**
 * Google recognizer: Google Cloud Speech-to-Text, v1 or v2, as a Recognizer.
 *
 * It holds what all streams of the process share: the channels, what the quota seems to be, how many
 * streams may start, and whether Google takes the credentials at all.
 */
import type { Clock } from '../../clock.ts';
import { StreamLimit } from '../limit.ts';
import type {
  Recognizer,
  RecognizerStream,
  SpeechConfig,
  StreamEvents,
  StreamFault,
  Support,
} from '../recognizer.ts';
import type { RotationPolicy } from '../rotation.ts';
import type { StartSource } from '../starts.ts';
import { Starts } from '../starts.ts';
import { Beat } from './beat.ts';
import { Breaker } from './breaker.ts';
import type { ChannelCall } from './channels.ts';
import { Channels } from './channels.ts';
import type { Driver, DriverEvents } from './driver.ts';
import type { GoogleEvents } from './events.ts';
import { classOf, shortened } from './faults.ts';
import type { Account } from './request.ts';
import { openingOf } from './request.ts';
import { GoogleStream } from './stream.ts';
import type { StreamParts } from './stream-parts.ts';
import { supportOf } from './support.ts';

export interface GoogleOptions {
  readonly clock: Clock;
  readonly account: Account;
  readonly newDriver: () => Driver;
  readonly rotation: RotationPolicy;
  /** How many streams may start in a minute, or who knows; undefined: any number. */
  readonly starts: number | StartSource | undefined;
  /** Is told what happens, if anybody wants to know. */
  readonly events?: GoogleEvents | undefined;
}

/** Google's own default for a project and region. */
const SLOTS = 300;
/** How long what sounds like speech may go without an answer; doubled with each time that it was none. */
const ANSWER_MS = 8_000;
const ANSWER_MS_MAX = 240_000;

/** A stream is judged once a chunk; more often than those come, so that never all are judged at once. */
const JUDGE_MS = 20;

const CLOSED: StreamFault = { kind: 'unavailable', message: 'the recognizer was closed' };
const FULL: StreamFault = { kind: 'transient', message: 'all connections to Google are full' };

type Status = Parameters<StreamParts['onOver']>[0];

export class GoogleRecognizer implements Recognizer {
  readonly name = 'google';
  readonly slotsDefault = SLOTS;
  readonly rotation: RotationPolicy;
  readonly starts: Starts;
  readonly #options: GoogleOptions;
  readonly #channels: Channels;
  readonly #breaker: Breaker;
  readonly #judgements: Beat;
  readonly #streams = new Set<GoogleStream>();
  /** Streams in a row that lived and heard no word in what sounds like speech, by their session. */
  readonly #mute = new WeakMap<SpeechConfig, number>();
  #limit: StreamLimit | undefined;
  #onLimit: (slots: number) => void = () => undefined;
  #state: 'open' | 'closed' = 'open';

  constructor(options: GoogleOptions) {
    const { clock, account, newDriver, starts, events } = options;
    this.#options = options;
    this.rotation = options.rotation;
    this.starts = new Starts(clock, starts);
    const isFailure = (code: number, text: string): boolean =>
      code !== 0 && classOf(account.version, code, text) === 'transient';
    this.#channels = new Channels({ clock, newDriver, isFailure, events });
    this.#judgements = new Beat(clock, JUDGE_MS);
    this.#breaker = new Breaker({
      onOpened: (why) => events?.onBreakerOpened(why),
      onClosed: () => events?.onBreakerClosed(),
    });
  }

  supports(config: SpeechConfig): Support {
    return supportOf(this.#options.account, config);
  }

  ready(): string | undefined {
    return this.#breaker.problem(this.#options.clock.nowMs());
  }

  watchLimit(slotsMax: number, onLimit: (slots: number) => void): void {
    this.#limit = new StreamLimit(slotsMax);
    this.#onLimit = onLimit;
  }

  open(config: SpeechConfig, events: StreamEvents): RecognizerStream {
    const { clock, account } = this.#options;
    const stream: GoogleStream = new GoogleStream(
      {
        clock,
        judgements: this.#judgements,
        version: account.version,
        config,
        answerMsMax: Math.min(ANSWER_MS_MAX, ANSWER_MS * 2 ** this.#muteOf(config)),
        onMute: () => this.#mute.set(config, this.#muteOf(config) + 1),
        openCall: (callEvents) => this.#openCall(config, callEvents),
        onAnswered: this.#onAnswered(config),
        onOver: (status) => {
          this.#streams.delete(stream);
          this.#options.events?.onStreams(this.#streams.size);
          this.#over(status);
        },
      },
      events,
    );
    this.#streams.add(stream);
    this.#options.events?.onStreams(this.#streams.size);
    return stream;
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    for (const stream of [...this.#streams]) stream.fail(CLOSED);
    await this.#channels.close();
  }

  #muteOf(config: SpeechConfig): number {
    return this.#mute.get(config) ?? 0;
  }

  #openCall(config: SpeechConfig, events: DriverEvents): ChannelCall | StreamFault {
    const { clock, account } = this.#options;
    if (this.#state === 'closed') return CLOSED;
    const refusal = this.#breaker.refusal(clock.nowMs());
    if (refusal !== undefined) return { kind: 'unavailable', message: refusal };
    return this.#channels.open(openingOf(account, config), this.#timed(events)) ?? FULL;
  }

  /** Tells how long it takes until audio leaves. */
  #timed(call: DriverEvents): DriverEvents {
    const { clock, events } = this.#options;
    if (events === undefined) return call;
    const openedMs = clock.nowMs();
    let state: 'opening' | 'started' = 'opening';
    const onTaken = (bytes: number): void => {
      if (state === 'opening') events.onStarted(clock.nowMs() - openedMs);
      state = 'started';
      call.onTaken(bytes);
    };
    return { ...call, onTaken };
  }

  /** The first answer of a stream shows that it was taken, and the first word that it is heard. */
  #onAnswered(config: SpeechConfig): StreamParts['onAnswered'] {
    let state: 'opening' | 'answered' = 'opening';
    return (hasWords, waitedMs) => {
      if (hasWords) this.#mute.delete(config);
      if (state === 'answered') return;
      state = 'answered';
      if (waitedMs !== undefined) this.#options.events?.onFirstAnswer(waitedMs);
      this.#breaker.accepted();
      this.#options.events?.onServed();
      this.#adapt((limit, nowMs) => limit.served(nowMs, this.#streams.size));
    };
  }

  #over(status: Status): void {
    const { clock, account, events } = this.#options;
    if (typeof status === 'string') {
      events?.onStreamEnd({ code: -1, text: '', class: status });
      return;
    }
    const { code } = status;
    const text = shortened(status.text);
    const what = code === 0 ? 'finished' : classOf(account.version, code, status.text);
    events?.onStreamEnd({ code, text, class: what });
    if (what === 'finished') this.#breaker.accepted();
    if (what === 'credentials') this.#breaker.refused(`Google: ${text}`, clock.nowMs());
    if (what !== 'quota') return;
    this.#adapt((limit, nowMs) => limit.refused(nowMs, this.#streams.size + 1));
  }

  #adapt(change: (limit: StreamLimit, nowMs: number) => void): void {
    const limit = this.#limit;
    if (limit === undefined) return;
    const before = limit.value;
    change(limit, this.#options.clock.nowMs());
    if (limit.value !== before) this.#onLimit(limit.value);
  }
}
