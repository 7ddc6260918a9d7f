/**
 * Session: one device's live audio, from `start` to `summary`.
 *
 * The one orchestrator: what the device sends goes to the intake, what the recognizer says comes from
 * the upstream, and every end of a session is in here. It knows no socket, no vendor and no wall
 * clock: bytes and messages come in by calls, messages go out to a Sink, and tick() says that time
 * has passed.
 */
import type { SpeechConfig, StreamFault } from '../speech/recognizer.ts';
import { decodeBase64 } from '../wire/audio.ts';
import type { CloseWord } from '../wire/close.ts';
import { CLOSE, CLOSE_DONE, isRetryable } from '../wire/close.ts';
import type { Fault } from '../wire/fault.ts';
import { isFault } from '../wire/fault.ts';
import type { ClientMessage, ErrorMessage, ServerMessage, Start } from '../wire/message.ts';
import type { Event, State } from './state.ts';
import { next } from './state.ts';
import type { Device, Reason, Sink, Surroundings } from './surroundings.ts';
import { Talk } from './talk.ts';

export interface SessionParts extends Surroundings {
  readonly id: string;
  readonly device: Device;
  readonly sink: Sink;
  readonly onClosed: (session: Session) => void;
}

/** When a device that was too fast may come back. */
const TOO_FAST_RETRY_MS = 5_000;

export class Session {
  readonly id: string;
  readonly #parts: SessionParts;
  readonly #openedMs: number;
  #state: State = 'opening';
  #talk: Talk | undefined;
  #spokeMs: number;

  constructor(parts: SessionParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#openedMs = parts.clock.nowMs();
    this.#spokeMs = this.#openedMs;
    parts.metrics.sessions.opening += 1;
  }

  get state(): State {
    return this.#state;
  }

  /** A text message, parsed. */
  message(message: ClientMessage): void {
    this.#spokeMs = this.#parts.clock.nowMs();
    if (message.type === 'start') this.#start(message);
    else if (message.type !== 'keepalive') this.#speak(message);
  }

  /** One binary frame. Takes ownership of `audio`. */
  frame(audio: Uint8Array): void {
    this.#spokeMs = this.#parts.clock.nowMs();
    const talk = this.#open('audio');
    if (talk === undefined) return;
    const taken = talk.frame(audio, this.#spokeMs);
    if (taken !== undefined) this.#fault(taken);
  }

  /** Something that could not be parsed, or was too large. */
  fault(fault: Fault): void {
    this.#fault(fault);
  }

  /** A message given to the sink was handed to the socket. */
  handed(message: ServerMessage): void {
    this.#talk?.handed(message);
  }

  /** The socket is gone. What was said is still settled. */
  lost(): void {
    if (this.#state === 'closed') return;
    this.#become('lost');
    if (this.#talk === undefined || !this.#talk.leave()) this.#close('lost');
  }

  /** Ends the session with an `error`. */
  end(reason: Reason): void {
    if (this.#state === 'closed') return;
    const error = this.#error(reason);
    this.#become('fail');
    this.#parts.sink.send(error);
    this.#parts.sink.close(CLOSE[reason.code].close, reason.code);
    this.#close(reason.code);
  }

  /** Call several times a second while the session lives. */
  tick(): void {
    const nowMs = this.#parts.clock.nowMs();
    const { config } = this.#parts;
    if (this.#state === 'opening' && nowMs - this.#openedMs >= config.startMsMax) {
      const message = `no start came within ${config.startMsMax} ms of the connection`;
      this.end({ code: 'start_timeout', message });
    } else if (this.#state === 'open' && nowMs - this.#spokeMs >= config.idleMsMax) {
      const message = `neither audio nor keepalive came for ${config.idleMsMax} ms`;
      this.end({ code: 'idle', message });
    } else this.#talk?.tick(nowMs, this.#state !== 'leaving');
  }

  #start(start: Start): void {
    if (this.#state !== 'opening') {
      this.#fault({ code: 'bad_message', message: 'a second start came, expected one a session' });
      return;
    }
    const speech = speechOf(start, this.#parts.config.language);
    const support = this.#parts.recognizer.supports(speech);
    if (support.refused !== undefined) {
      const { field, message } = support.refused;
      this.#fault({ code: 'bad_config', message, field: `start.${field}` });
      return;
    }
    this.#become('start');
    this.#talk = new Talk(this.#parts, speech, {
      send: (message) => this.#send(message),
      onFinished: () => this.#finished(),
      onRefused: (retryAfterMs) => this.#refused(retryAfterMs),
      onFault: (fault) => this.#upstreamFault(fault),
    });
    this.#talk.ready(this.id, support.ignored);
  }

  #speak(message: Exclude<ClientMessage, { type: 'start' | 'keepalive' }>): void {
    // A finish may be repeated: a client that is not sure says it again.
    if (message.type === 'finish' && this.#state === 'finishing') return;
    const talk = this.#open(message.type);
    if (talk === undefined) return;
    switch (message.type) {
      case 'audio':
        this.#base64(talk, message.content, message.audio_id);
        break;
      case 'finalize':
        talk.finalize();
        break;
      case 'gap':
        talk.gap(message.ms, message.frames);
        break;
      case 'finish':
        this.#become('finish');
        talk.finish();
    }
    const crowded = this.#state === 'open' ? talk.crowded() : undefined;
    if (crowded !== undefined) this.#fault(crowded);
  }

  #base64(talk: Talk, content: string, audioId: string | undefined): void {
    const audio = decodeBase64(content);
    if (isFault(audio)) {
      this.#fault(audio);
      return;
    }
    if (audioId !== undefined) talk.audioId(audioId);
    this.frame(audio);
  }

  /** What takes audio now; or ends the session, since `what` has no place here. */
  #open(what: string): Talk | undefined {
    if (this.#state === 'open') return this.#talk;
    if (this.#state === 'opening') {
      this.#fault({ code: 'bad_message', message: `${what} came before ready, expected start` });
    } else if (this.#state === 'finishing') {
      this.#fault({ code: 'bad_message', message: `${what} came after finish, expected nothing` });
    }
    return undefined;
  }

  #fault(fault: Fault): void {
    const retry = fault.code === 'too_fast' ? { retryAfterMs: TOO_FAST_RETRY_MS } : {};
    this.end({ code: fault.code, message: fault.message, ...retry });
  }

  #refused(retryAfterMs: number): void {
    this.#parts.metrics.slotsRefused += 1;
    const message = `no recognizer stream was free in time, expected one again in ${retryAfterMs} ms`;
    this.end({ code: 'overloaded', message, retryAfterMs });
  }

  #upstreamFault(fault: StreamFault): void {
    const code = fault.kind === 'config' ? 'upstream_rejected' : 'upstream_unavailable';
    this.#parts.log.warn({ session: this.id, code, fault: fault.message }, 'the recognizer failed');
    this.end({ code, message: `the recognizer failed: ${fault.message}` });
  }

  #finished(): void {
    // What was given up may have been too much for a slow reader: then the session has ended.
    if (this.#state === 'closed') return;
    const lost = this.#state === 'leaving';
    this.#become('settled');
    if (!lost && this.#talk !== undefined) {
      this.#parts.sink.send(this.#talk.summary());
      this.#parts.sink.close(CLOSE_DONE, 'finished');
    }
    this.#close(lost ? 'lost' : 'finished');
  }

  #send(message: ServerMessage): void {
    if (this.#state === 'leaving' || this.#state === 'closed') return;
    if (this.#parts.sink.send(message)) return;
    const text = `more than ${this.#parts.config.outboxBytesMax} bytes of results wait to be read`;
    this.end({ code: 'slow_consumer', message: text });
  }

  #error(reason: Reason): ErrorMessage {
    return {
      type: 'error',
      ...reason,
      retryable: isRetryable(CLOSE[reason.code].close),
      ...this.#talk?.unsettled(),
    };
  }

  #become(event: Event): void {
    const state = next(this.#state, event);
    if (state === undefined) throw new TypeError(`${event} in state ${this.#state}`);
    const { sessions } = this.#parts.metrics;
    if (this.#state !== 'closed') sessions[this.#state] -= 1;
    if (state !== 'closed') sessions[state] += 1;
    this.#state = state;
  }

  #close(why: CloseWord | 'finished' | 'lost'): void {
    if (this.#state === 'leaving') this.#become('fail');
    const { metrics, log, clock, device } = this.#parts;
    this.#talk?.close();
    metrics.ends[why] += 1;
    const lastedMs = Math.round(clock.nowMs() - this.#openedMs);
    const sums = this.#talk?.sums();
    log.info({ session: this.id, fleet: device.fleet, end: why, lastedMs, sums }, 'session ended');
    this.#parts.onClosed(this);
  }
}

function speechOf(start: Start, language: string): SpeechConfig {
  const { encoding, sampleRateHertz, interim, words, punctuation } = start;
  const { alternatives, profanityFilter, phrases, model } = start;
  const languages = start.languages ?? [start.language ?? language];
  const options = { interim, words, punctuation, alternatives, profanityFilter, phrases, model };
  return { encoding, sampleRateHertz, languages, ...options };
}
