/**
 * Claims: what a signed token says of a device, and whether that may come in now (pure).
 *
 *   sub       the device            fleet           its fleet; `default` unless said
 *   aud       who is meant: us      exp, nbf, iat   seconds since 1970; `exp` must be there
 *   sessions, audio_minutes, models, languages: what it may do at most; anything unless said
 */
import type { Config } from '../config.ts';
import type { Device } from '../session/surroundings.ts';

/** What a token lets its device do. */
export interface Terms {
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
  /** Connections of the device at once. */
  readonly sessionsMax?: number;
  /** Audio that may be sent with this token, in ms. */
  readonly audioMsMax?: number;
  readonly models?: readonly string[];
  /** Tags: `en` allows `en-US` too. */
  readonly languages?: readonly string[];
}

export interface Visitor {
  readonly device: Device;
  /** Undefined: nobody has said what it may do. */
  readonly terms: Terms | undefined;
}

/** Why a token that we have signed lets nobody in: `expired`, or a sentence. */
export type ClaimsFault = { readonly isExpired: boolean; readonly message: string };

/** How far two clocks may differ. */
const SKEW_MS = 30_000;
const ID = /^[^\p{C}]{1,128}$/u;
const FLEET = /^[\w.-]{1,64}$/;
const MINUTE_MS = 60_000;

type Json = Readonly<Record<string, unknown>>;

/** `wallMs` is milliseconds since 1970. */
export function readClaims(
  payload: Uint8Array,
  config: Pick<Config, 'authAudience' | 'authIssuer' | 'authLifetimeMsMax'>,
  wallMs: number,
): Visitor | ClaimsFault {
  const json = jsonOf(payload);
  if (json === undefined) return refusal('the token holds no JSON object');
  const strange = stranger(json, config) ?? misfit(json);
  if (strange !== undefined) return refusal(strange);
  const { sub, fleet = 'default' } = json as { sub: string; fleet?: string };
  const late = untimely(json, config.authLifetimeMsMax, wallMs);
  if (late !== undefined) return late;
  const terms = termsOf(json);
  return { device: { id: sub, fleet }, terms };
}

export function isVisitor(answer: Visitor | ClaimsFault): answer is Visitor {
  return 'device' in answer;
}

/** Whom the token is for, and from whom it is. */
function stranger(
  { aud, iss }: Json,
  { authAudience, authIssuer }: Pick<Config, 'authAudience' | 'authIssuer'>,
): string | undefined {
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(authAudience)) return `its aud is another one, expected ${authAudience}`;
  if (authIssuer !== undefined && iss !== authIssuer) {
    return `its iss is another one, expected ${authIssuer}`;
  }
  return undefined;
}

/** What each claim must be, where it is there. */
const SHAPES: { readonly [claim: string]: readonly [is: (value: unknown) => boolean, as: string] } =
  {
    sub: [(value) => isText(value, ID), 'a text of 1 to 128 characters'],
    exp: [isTime, 'seconds since 1970'],
    nbf: [(value) => value === undefined || isTime(value), 'seconds since 1970'],
    iat: [(value) => value === undefined || isTime(value), 'seconds since 1970'],
    fleet: [
      (value) => value === undefined || isText(value, FLEET),
      '1 to 64 letters, digits, dots, hyphens or underscores',
    ],
    sessions: [(value) => value === undefined || isCount(value), 'an integer of at least 1'],
    audio_minutes: [(value) => value === undefined || isCount(value), 'an integer of at least 1'],
    models: [(value) => value === undefined || isTexts(value), 'a list of texts'],
    languages: [(value) => value === undefined || isTexts(value), 'a list of texts'],
  };

function misfit(json: Json): string | undefined {
  const wrong = Object.entries(SHAPES).find(([claim, [is]]) => !is(json[claim]));
  return wrong && `its ${wrong[0]} is missing or malformed, expected ${wrong[1][1]}`;
}

function untimely(json: Json, lifetimeMsMax: number, wallMs: number): ClaimsFault | undefined {
  const { exp, nbf, iat } = json as { exp: number; nbf?: number; iat?: number };
  const expiresMs = exp * 1_000;
  const sinceMs = (iat ?? nbf ?? wallMs / 1_000) * 1_000;
  if (wallMs - expiresMs >= SKEW_MS) {
    return { isExpired: true, message: 'the token has expired, expected another one' };
  }
  if (Math.max(nbf ?? 0, iat ?? 0) * 1_000 - wallMs > SKEW_MS) {
    return refusal('it is not valid yet: is a clock wrong?');
  }
  const lifeMs = Math.max(expiresMs - sinceMs, expiresMs - wallMs - SKEW_MS);
  if (lifeMs <= lifetimeMsMax) return undefined;
  return refusal(`it is good for ${Math.round(lifeMs)} ms, expected at most ${lifetimeMsMax}`);
}

function termsOf(json: Json): Terms {
  const { exp, sessions, audio_minutes, models, languages } = json as {
    exp: number;
    sessions?: number;
    audio_minutes?: number;
    models?: string[];
    languages?: string[];
  };
  return {
    expiresMs: exp * 1_000,
    ...(sessions !== undefined && { sessionsMax: sessions }),
    ...(audio_minutes !== undefined && { audioMsMax: audio_minutes * MINUTE_MS }),
    ...(models !== undefined && { models }),
    ...(languages !== undefined && { languages }),
  };
}

function jsonOf(payload: Uint8Array): Json | undefined {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Json)
      : undefined;
  } catch {
    return undefined;
  }
}

function refusal(why: string): ClaimsFault {
  return { isExpired: false, message: `the token is not valid: ${why}` };
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isTexts(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length <= 100 && value.every((text) => typeof text === 'string')
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

/** A date that is no nonsense: up to the year 9999. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < 253_402_300_800;
}
