/**
 * Ticket: the resume token, by which any node that knows the key can take a session over.
 *
 *   e1.session.holder.subject.configuration.said.issued.result.frame.settled.into.lead.<five sums>.signature
 *
 * A line of text in letters that need no escape, numbers in base 36, signed by HMAC-SHA256. It is no
 * secret to the device that holds it: it carries no audio, and of the last words a few bits. Time comes in as an argument.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { TOKEN_CHARS_MAX } from './limits.ts';

/** How long a token is good for, in milliseconds from its issue. */
export const TICKET_MS_MAX = 600_000;

/** What a session has come to, at the place up to which it is settled. Places and sums are samples. */
export interface Ticket {
  readonly session: string;
  /** The process that had the session when this was issued. */
  readonly holder: string;
  /** Whose session it is, and how its audio was to be heard: digests. */
  readonly subject: string;
  readonly configuration: string;
  /** Number of the last final. */
  readonly result: number;
  /** Number of the last frame that nobody needs any more. */
  readonly frame: number;
  /** The session sample before which all is settled; `into`: how far it lies beyond the end of `frame`. */
  readonly settled: number;
  readonly into: number;
  /** How much before `settled` a recognizer is to hear again, so that no word is cut in two: 0..`into`. */
  readonly lead: number;
  /** The words that may be heard again there: names joined by '-'. */
  readonly said: string;
  /** The fates of what was received before `settled`; `missing` was never received. */
  readonly transcribed: number;
  readonly silent: number;
  readonly overrun: number;
  readonly upstream: number;
  readonly missing: number;
}

/** Why a token resumes nothing. */
export type TicketFault = 'malformed' | 'forged' | 'expired' | 'subject' | 'configuration';

/** What a token must have been issued for. */
export type Bond = Pick<Ticket, 'subject' | 'configuration'>;

const VERSION = 'e1';
const WORD = /^[\w-]{1,64}$/;
const NUMBER = /^[0-9a-z]{1,11}$/;
const WORDS = ['session', 'holder', 'subject', 'configuration', 'said'] as const;
const NUMBERS = [
  'result',
  'frame',
  'settled',
  'into',
  'lead',
  'transcribed',
  'silent',
  'overrun',
  'upstream',
  'missing',
] as const;
/** Version, words, the time of issue, numbers, signature. */
const PARTS = WORDS.length + NUMBERS.length + 3;

/** A short name of `value`, the same on every node: properties count in their order. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);
}

/** Signs tickets and reads what was signed, with one key. */
export class Tickets {
  readonly #key: string | Uint8Array;

  constructor(key: string | Uint8Array) {
    this.#key = key;
  }

  /** `wallMs` is milliseconds since 1970. */
  issue(ticket: Ticket, wallMs: number): string {
    const { session, holder, subject, configuration, said } = ticket;
    let text = `${VERSION}.${session}.${holder}.${subject}.${configuration}.${said}`;
    text += `.${Math.floor(wallMs).toString(36)}`;
    for (const name of NUMBERS) text += `.${ticket[name].toString(36)}`;
    return `${text}.${this.#sign(text)}`;
  }

  /** What `token` says, if it was signed with this key, is not too old, and was issued for `bond`. */
  read(token: string, bond: Bond, wallMs: number): Ticket | TicketFault {
    const parts = token.length > TOKEN_CHARS_MAX ? [] : token.split('.');
    if (parts.length !== PARTS || parts[0] !== VERSION) return 'malformed';
    const signature = parts.at(-1) ?? '';
    const text = token.slice(0, -signature.length - 1);
    if (!isSame(signature, this.#sign(text))) return 'forged';
    const issued = numberOf(parts[WORDS.length + 1]);
    const words = WORDS.map((name, at) => [name, wordOf(parts[at + 1])]);
    const numbers = NUMBERS.map((name, at) => [name, numberOf(parts[WORDS.length + 2 + at])]);
    const fields = [...words, ...numbers];
    if (issued === undefined || fields.some(([, field]) => field === undefined)) return 'malformed';
    const ticket = Object.fromEntries(fields) as Ticket;
    // The clocks of two nodes differ.
    if (Math.abs(wallMs - issued) > TICKET_MS_MAX) return 'expired';
    if (ticket.subject !== bond.subject) return 'subject';
    return ticket.configuration === bond.configuration ? ticket : 'configuration';
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}

/** In a time that says nothing of where they differ. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

function wordOf(part: string | undefined): string | undefined {
  return part !== undefined && WORD.test(part) ? part : undefined;
}

function numberOf(part: string | undefined): number | undefined {
  const number = part !== undefined && NUMBER.test(part) ? Number.parseInt(part, 36) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}
