/**
 * Asked: what a `start` asks for: how its audio is to be heard, and which session it goes on with (pure).
 */
import type { SpeechConfig, Support } from '../speech/recognizer.ts';
import type { Fault } from '../wire/fault.ts';
import type { Resume, Start } from '../wire/message.ts';
import type { Bond, Ticket, TicketFault, Tickets } from '../wire/ticket.ts';
import { digestOf } from '../wire/ticket.ts';
import type { Device } from './surroundings.ts';

/** One for all sessions, most of which have none. */
const NO_PHRASES: SpeechConfig['phrases'] = [];

/** `language` is that of a start that names none. The order of the fields is that of what tokens are bound to. */
export function speechOf(start: Start, language: string): SpeechConfig {
  return {
    encoding: start.encoding,
    sampleRateHertz: start.sampleRateHertz,
    languages: start.languages ?? [start.language ?? language],
    interim: start.interim,
    words: start.words,
    punctuation: start.punctuation,
    alternatives: start.alternatives,
    profanityFilter: start.profanityFilter,
    phrases: start.phrases.length > 0 ? start.phrases : NO_PHRASES,
    model: start.model,
  };
}

/** What the tokens of a session are issued for: this device, and audio that is heard in this way. */
export function bondOf(
  { id, fleet }: Device,
  speech: SpeechConfig,
  integrity?: Start['integrity'],
): Bond {
  const heard = integrity === undefined ? speech : { ...speech, integrity };
  return { subject: digestOf([fleet, id]), configuration: digestOf(heard) };
}

/** A session of this process, as far as it decides what a token resumes. */
interface Holding {
  /** Whether it issued this token, and has all that a device lacks that has it and the finals up to `seen`. */
  holds(ticket: Ticket, seen: number): boolean;
}

/**
 * What a token resumes: a session of this process; or one that this process takes over from what the
 * token says, and forgets its own, if it has one. Else why not.
 */
export type Resumption<S> =
  | { readonly how: 'held'; readonly ticket: Ticket; readonly session: S }
  | { readonly how: 'taken'; readonly ticket: Ticket; readonly stale: S | undefined }
  | { readonly how: Refusal };

type Refusal = TicketFault | 'result';

interface Desk<S> {
  readonly tickets: Tickets;
  readonly wallMs: number;
  readonly others: { find(session: string): S | undefined };
}

export function resumption<S extends Holding>(
  { token, result }: Resume,
  bond: Bond,
  { tickets, wallMs, others }: Desk<S>,
): Resumption<S> {
  const ticket = tickets.read(token, bond, wallMs);
  if (typeof ticket === 'string') return { how: ticket };
  const session = others.find(ticket.session);
  if (session?.holds(ticket, result)) return { how: 'held', ticket, session };
  // Only the holder knows of finals that the token doesn't.
  return result === ticket.result ? { how: 'taken', ticket, stale: session } : { how: 'result' };
}

const REFUSALS: { readonly [R in Refusal]: string } = {
  malformed: 'start.resume.token is no token of this server, expected one as it came',
  forged: 'start.resume.token was altered, or signed by a server with another key',
  expired: 'start.resume.token is older than 10 minutes, expected the newest',
  subject: 'start.resume.token belongs to another device',
  configuration: 'start differs from that of the session to resume, expected the same fields',
  result: 'start.resume.result is not that of the token, expected the newest of both',
};

export function refusalOf(how: Refusal): Fault {
  return { code: 'bad_resume', message: REFUSALS[how], field: 'start.resume' };
}

/** What of a `start` the recognizer can't do, if it refuses. */
export function unsupported({ refused }: Support): Fault | undefined {
  if (refused === undefined) return undefined;
  const { field, message } = refused;
  return { code: 'bad_config', message, field: `start.${field}` };
}
