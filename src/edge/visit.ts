/**
 * Visit: what one connection may do, for as long as it lasts.
 *
 * It stands between a socket and its session: it looks at what comes before anybody acts on it, and
 * answers what is wrong. It knows what the token of the device allows, and when that ends.
 */
import type { Clock, Timer } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Party } from '../session/line.ts';
import { decodeBase64, tooLarge } from '../wire/audio.ts';
import type { Fault } from '../wire/fault.ts';
import { complain, isFault } from '../wire/fault.ts';
import { SAMPLE_BYTES, START_BYTES_MAX } from '../wire/limits.ts';
import type { ClientMessage, ServerMessage, Start } from '../wire/message.ts';
import { deviceKeyOf, fleetSecretOf, Seal } from '../wire/seal.ts';
import type { Terms, Visitor } from './claims.ts';
import type { Pass } from './gate.ts';
import type { Meter } from './meter.ts';

export interface VisitParts {
  readonly visitor: Visitor;
  readonly clock: Clock;
  readonly config: Pick<Config, 'authGraceMsMax' | 'language' | 'integrity' | 'integritySecret'>;
  /** Counts the audio that came with the visitor's token. */
  readonly meter: Meter | undefined;
  /** What of its address, device and fleet it has. */
  readonly pass: Pass;
  /** Hears that the token has expired, and the time after that is over. */
  readonly party: Pick<Party, 'fault'>;
}

const EXPIRED: Fault = {
  code: 'token_expired',
  message: 'the bearer token has expired, expected a resume with another one',
};

/** The longest wait before it is looked again how long a token is good for. */
const STEP_MS_MAX = 3_600_000;

/** Bytes of base64 for each three of what they stand for. */
const BASE64_BYTES = 4;

export class Visit {
  readonly #visitor: Visitor;
  readonly #clock: Clock;
  readonly #config: VisitParts['config'];
  readonly #meter: Meter | undefined;
  readonly #pass: Pass;
  readonly #party: VisitParts['party'];
  #timer: Timer | undefined;
  /** Of its audio; 0 until `start` has come. */
  #bytesPerMs = 0;
  #frames: 'plain' | 'signed' = 'plain';
  /** There once `ready` has gone out, where frames are signed. */
  #seal: Seal | undefined;

  constructor({ visitor, clock, config, meter, pass, party }: VisitParts) {
    this.#visitor = visitor;
    this.#clock = clock;
    this.#config = config;
    this.#meter = meter;
    this.#pass = pass;
    this.#party = party;
    if (visitor.terms !== undefined) this.#await(visitor.terms.expiresMs + config.authGraceMsMax);
  }

  /** In steps: a timer holds 24.8 days at most, and the wall's clock may be set meanwhile. */
  #await(endMs: number): void {
    const leftMs = Math.max(0, endMs - this.#clock.wallMs());
    this.#timer = this.#clock.after(Math.min(leftMs, STEP_MS_MAX), () => {
      if (leftMs <= STEP_MS_MAX) this.#party.fault(EXPIRED);
      else this.#await(endMs);
    });
  }

  /** A message of `bytes` has come: whether it is one too many. */
  came(bytes: number): Fault | undefined {
    return this.#pass.take(bytes, this.#clock);
  }

  /** Of a text that nobody has parsed: what is wrong with it, if anything. */
  text(text: string): Fault | undefined {
    if (this.#bytesPerMs > 0) return undefined;
    const bytes = Buffer.byteLength(text);
    if (bytes <= START_BYTES_MAX) return undefined;
    return tooLarge(`${bytes} bytes long before start`, `${START_BYTES_MAX} bytes`);
  }

  /** The message as the session is to have it, or what the visitor may not do. */
  message(message: ClientMessage): ClientMessage | Fault {
    switch (message.type) {
      case 'audio':
        return this.#base64(message);
      case 'gap':
        this.#seal?.skip(message.frames);
        return message;
      case 'start':
        return this.#begin(message) ?? message;
      default:
        return message;
    }
  }

  /** Audio as the session is to have it, without its seal, a part of `bytes`; or what is wrong with it. */
  frame(bytes: Uint8Array): Uint8Array | Fault {
    const audio = this.#seal?.open(bytes) ?? bytes;
    return isFault(audio) ? audio : (this.#metered(audio.length) ?? audio);
  }

  /** The socket was given `message`: from `ready` on both sides count frames alike. */
  handed(message: ServerMessage): void {
    const { id, fleet } = this.#visitor.device;
    if (message.type !== 'ready' || this.#frames === 'plain') return;
    const secret = fleetSecretOf(this.#config.integritySecret ?? '', fleet);
    this.#seal = new Seal(deviceKeyOf(secret, id), message.session, message.frame);
  }

  #begin(start: Start): Fault | undefined {
    if (this.#bytesPerMs > 0) return undefined;
    this.#bytesPerMs = (SAMPLE_BYTES[start.encoding] * start.sampleRateHertz) / 1_000;
    if (start.integrity !== undefined) this.#frames = 'signed';
    const { terms } = this.#visitor;
    const crowded = start.resume === undefined ? this.#pass.begin() : undefined;
    if (crowded !== undefined) return crowded;
    return (
      unsealed(start, this.#config) ?? (terms && forbidden(start, terms, this.#config.language))
    );
  }

  #base64(message: Extract<ClientMessage, { type: 'audio' }>): ClientMessage | Fault {
    if (this.#seal === undefined) {
      return this.#metered((message.content.length * 3) / BASE64_BYTES) ?? message;
    }
    const bytes = decodeBase64(message.content);
    const audio = isFault(bytes) ? bytes : this.frame(bytes);
    if (isFault(audio)) return audio;
    return { ...message, content: Buffer.from(audio).toString('base64') };
  }

  /** Of so many bytes of audio: whether they are too many, if they are. */
  #metered(bytes: number): Fault | undefined {
    const meter = this.#meter;
    if (meter === undefined || this.#bytesPerMs === 0) return undefined;
    const audioMsMax = this.#visitor.terms?.audioMsMax;
    if (audioMsMax === undefined) return undefined;
    if (meter.add(bytes / this.#bytesPerMs) <= audioMsMax) return undefined;
    const message = `more than ${audioMsMax} ms of audio came with this token, which allows no more`;
    return { code: 'forbidden', message };
  }

  /** The socket is gone. */
  leave(): void {
    this.#timer?.cancel();
    this.#pass.leave(this.#clock.nowMs());
  }
}

/** What `start` asks of signatures that this server doesn't do, or leaves out that it wants. */
function unsealed(
  { integrity }: Start,
  config: Pick<Config, 'integrity' | 'integritySecret'>,
): Fault | undefined {
  const isKnown = config.integritySecret !== undefined;
  if (integrity === undefined ? config.integrity === 'optional' : isKnown) return undefined;
  const expected = isKnown ? 'hmac-sha256' : 'none: this server has no secret for it';
  const message = complain('start.integrity', integrity, expected);
  return { code: 'bad_config', message, field: 'start.integrity' };
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
