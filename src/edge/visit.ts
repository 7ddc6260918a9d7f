/**
 * Visit: what one connection may do, for as long as it lasts.
 *
 * It stands between a socket and its session: it looks at what comes before anybody acts on it, and
 * answers what is wrong. It knows what the token of the device allows, and when that ends.
 */
import type { Clock, Timer } from '../clock.ts';
import type { Config } from '../config.ts';
import { tooLarge } from '../wire/audio.ts';
import type { Fault } from '../wire/fault.ts';
import { complain } from '../wire/fault.ts';
import { SAMPLE_BYTES, START_BYTES_MAX } from '../wire/limits.ts';
import type { ClientMessage, Start } from '../wire/message.ts';
import type { Terms, Visitor } from './claims.ts';
import type { Pass } from './gate.ts';
import type { Meter } from './meter.ts';

export interface VisitParts {
  readonly visitor: Visitor;
  readonly clock: Clock;
  readonly config: Pick<Config, 'authGraceMsMax' | 'language'>;
  /** Counts the audio that came with the visitor's token. */
  readonly meter: Meter | undefined;
  /** What of its address, device and fleet it has. */
  readonly pass: Pass;
  /** The token has expired, and the time after that is over. */
  readonly onExpired: (fault: Fault) => void;
}

const EXPIRED: Fault = {
  code: 'token_expired',
  message: 'the bearer token has expired, expected a resume with another one',
};

/** Bytes of base64 for each three of what they stand for. */
const BASE64_BYTES = 4;

export class Visit {
  readonly #parts: VisitParts;
  readonly #timer: Timer | undefined;
  /** There once `start` has come. */
  #start: Start | undefined;

  constructor(parts: VisitParts) {
    const { visitor, clock, config, onExpired } = parts;
    this.#parts = parts;
    if (visitor.terms === undefined) return;
    const leftMs = visitor.terms.expiresMs + config.authGraceMsMax - clock.wallMs();
    this.#timer = clock.after(Math.max(0, leftMs), () => onExpired(EXPIRED));
  }

  /** A message of `bytes` has come: whether it is one too many. */
  came(bytes: number): Fault | undefined {
    return this.#parts.pass.take(bytes, this.#parts.clock.nowMs());
  }

  /** Of a text that nobody has parsed: what is wrong with it, if anything. */
  text(text: string): Fault | undefined {
    if (this.#start !== undefined) return undefined;
    const bytes = Buffer.byteLength(text);
    if (bytes <= START_BYTES_MAX) return undefined;
    return tooLarge(`${bytes} bytes long before start`, `${START_BYTES_MAX} bytes`);
  }

  /** Of a message: what the visitor may not do, if anything. */
  message(message: ClientMessage): Fault | undefined {
    if (message.type === 'audio') return this.audio((message.content.length * 3) / BASE64_BYTES);
    if (message.type !== 'start') return undefined;
    this.#start ??= message;
    const { terms } = this.#parts.visitor;
    return terms && forbidden(message, terms, this.#parts.config.language);
  }

  /** Of so many bytes of audio: whether they are too many, if they are. */
  audio(bytes: number): Fault | undefined {
    const { visitor, meter } = this.#parts;
    const audioMsMax = visitor.terms?.audioMsMax;
    if (audioMsMax === undefined || meter === undefined || this.#start === undefined) {
      return undefined;
    }
    const { encoding, sampleRateHertz } = this.#start;
    const ms = (bytes * 1_000) / (SAMPLE_BYTES[encoding] * sampleRateHertz);
    if (meter.add(ms) <= audioMsMax) return undefined;
    const message = `more than ${audioMsMax} ms of audio came with this token, which allows no more`;
    return { code: 'forbidden', message };
  }

  /** The socket is gone. */
  leave(): void {
    this.#timer?.cancel();
    this.#parts.pass.leave();
  }
}

/** What of `start` the token doesn't allow. */
function forbidden(start: Start, terms: Terms, fallback: string): Fault | undefined {
  const { models, languages } = terms;
  const { model } = start;
  if (models !== undefined && (model === undefined || !models.includes(model))) {
    return deny('start.model', model, models);
  }
  const asked = start.languages ?? [start.language ?? fallback];
  const alien = asked.find((tag) => languages?.some((each) => covers(each, tag)) === false);
  if (alien === undefined || languages === undefined) return undefined;
  return deny(
    start.languages === undefined ? 'start.language' : 'start.languages',
    alien,
    languages,
  );
}

function covers(allowed: string, tag: string): boolean {
  const [one, other] = [allowed.toLowerCase(), tag.toLowerCase()];
  return one === other || other.startsWith(`${one}-`);
}

function deny(field: string, value: unknown, allowed: readonly string[]): Fault {
  const expected = `what the token allows: ${allowed.join(', ')}`;
  return { code: 'forbidden', message: complain(field, value, expected), field };
}
