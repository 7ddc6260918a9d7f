/**
 * Messages: the JSON of earshot.v1, parsed and typed.
 *
 * What a client sends is parsed here and nowhere else; what is wrong with it is an answer (Fault),
 * never an exception. What the server sends are plain types. PROTOCOL.md says what each one means.
 */
import { z } from 'zod';
import { contentOf } from './audio-text.ts';
import type { CloseWord } from './close.ts';
import type { Fault } from './fault.ts';
import { complain, show } from './fault.ts';
import { SAMPLE_BYTES, TOKEN_CHARS_MAX } from './limits.ts';

const SERVED = Object.keys(SAMPLE_BYTES) as [keyof typeof SAMPLE_BYTES];

const language = z.string().regex(/^[A-Za-z0-9-]{2,35}$/, 'a language tag such as en-US');

const start = z
  .strictObject({
    type: z.literal('start'),
    encoding: z.enum(SERVED),
    sampleRateHertz: z.int().min(8_000).max(48_000),
    channels: z.literal(1).default(1),
    language: language.optional(),
    languages: z.array(language).min(1).max(4).optional(),
    interim: z.boolean().default(true),
    words: z.boolean().default(false),
    punctuation: z.boolean().default(true),
    alternatives: z.int().min(1).max(30).default(1),
    profanityFilter: z.boolean().default(false),
    phrases: z
      .array(
        z.strictObject({
          text: z.string().min(1).max(100),
          boost: z.number().min(0).max(20).default(0),
        }),
      )
      .max(500)
      .default([]),
    model: z.string().min(1).max(64).optional(),
    integrity: z.literal('hmac-sha256').optional(),
    resume: z
      .strictObject({
        token: z.string().min(1).max(TOKEN_CHARS_MAX),
        result: z.int().min(0),
      })
      .optional(),
  })
  .refine((asked) => asked.language === undefined || asked.languages === undefined, {
    path: ['languages'],
    message: 'start has both language and languages, expected one of them',
  });

const gapFrames = z.int().min(1).max(1_000_000).default(1);

const CLIENT = {
  start,
  audio: z.object({
    type: z.literal('audio'),
    content: z.string(),
    audio_id: z.string().min(1).max(128).optional(),
  }),
  finalize: z.object({ type: z.literal('finalize') }),
  gap: z.object({
    type: z.literal('gap'),
    ms: z.int().min(1).max(86_400_000),
    frames: gapFrames,
  }),
  finish: z.object({ type: z.literal('finish') }),
  keepalive: z.object({ type: z.literal('keepalive') }),
  seen: z.object({
    type: z.literal('seen'),
    result: z.int().min(0),
  }),
} as const;

type Parsed<T extends keyof typeof CLIENT> = z.output<(typeof CLIENT)[T]>;
export type Start = Parsed<'start'>;
/** `start` as a client writes it: what has a default may be left out. */
export type StartFields = Omit<z.input<typeof start>, 'type'>;
/** A session that a client wants to go on with, and the last of its finals that it has. */
export type Resume = NonNullable<Start['resume']>;
export type ClientMessage = { [T in keyof typeof CLIENT]: Parsed<T> }[keyof typeof CLIENT];

/** A text message of a client, or what is wrong with it. */
export function parseMessage(text: string): ClientMessage | Fault {
  const content = contentOf(text);
  return content === undefined ? parsed(text) : { type: 'audio', content };
}

function parsed(text: string): ClientMessage | Fault {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return bad('bad_message', 'the text is not JSON, expected an object with a type');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return bad('bad_message', 'the text is JSON but no object, expected an object with a type');
  }
  const type = 'type' in json ? json.type : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(CLIENT, type)) {
    const types = Object.keys(CLIENT).join(', ');
    return bad('bad_message', complain('type', type, `one of ${types}`), 'type');
  }
  return parseAs(type as keyof typeof CLIENT, json);
}

function parseAs(type: keyof typeof CLIENT, json: object): ClientMessage | Fault {
  const result = CLIENT[type].safeParse(json, { reportInput: true });
  if (result.success) return result.data;
  // That a huge number is no safe integer comes first, and says nothing of what is expected.
  const issue = result.error.issues.find((each) => !('origin' in each && each.origin === 'int'));
  const field = issue === undefined ? type : [type, ...issue.path].join('.');
  const message = issue === undefined ? `${type} is malformed` : describe(issue, field);
  return bad(type === 'start' ? 'bad_config' : 'bad_message', message, field);
}

/** One sentence for what zod found: the field, its value, what was expected. */
function describe(issue: z.core.$ZodIssue, field: string): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${field} has the unknown field ${show(issue.keys[0])}, expected the fields of PROTOCOL.md`;
    case 'invalid_type':
      return complain(field, issue.input, article(issue.expected));
    case 'invalid_value':
      return complain(field, issue.input, issue.values.join(' or '));
    case 'too_small':
    case 'too_big':
      return complain(field, issue.input, bound(issue));
    case 'invalid_format':
      return complain(field, issue.input, issue.message);
    default:
      return issue.message;
  }
}

function article(expected: string): string {
  if (expected === 'int') return 'an integer';
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function bound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const edge =
    issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  if (issue.origin === 'string') return `${edge} characters`;
  return issue.origin === 'array' ? `${edge} elements` : edge;
}

function bad(code: 'bad_message' | 'bad_config', message: string, field?: string): Fault {
  return field === undefined ? { code, message } : { code, message, field };
}

/** Times and durations are milliseconds of the session's audio. */
export type Ready = {
  type: 'ready';
  session: string;
  resumed: false | 'held' | 'taken';
  frame: number;
  result: number;
  windowMs: number;
  maxFrameBytes: number;
  maxFrameMs: number;
  keepaliveMs: number;
  resume?: string;
};
export type Ack = {
  type: 'ack';
  received: number;
  settled: number;
  settledMs: number;
  windowMs: number;
  streams?: number;
  resume?: string;
};
export type Queued = { type: 'queued'; position: number; etaMs: number | null };
export type Interim = {
  type: 'interim';
  start: number;
  end: number;
  text: string;
  stability?: number;
};
export type FinalWord = { text: string; start: number; end: number; confidence?: number };
export type Final = {
  type: 'final';
  result: number;
  start: number;
  end: number;
  text: string;
  confidence?: number;
  words?: FinalWord[];
  alternatives?: { text: string; confidence?: number }[];
  language?: string;
  audioId?: string;
  audioIds?: string[];
  degraded?: true;
  settled: number;
  settledMs: number;
  resume?: string;
};
export const GAP_REASONS = ['client', 'overrun', 'upstream'] as const;
export type GapReason = (typeof GAP_REASONS)[number];
export type Gap = {
  type: 'gap';
  start: number;
  end: number;
  reason: GapReason;
  settled: number;
  settledMs: number;
  resume?: string;
};
export type Warning = {
  type: 'warning';
  code: 'silent_audio' | 'too_fast' | 'clipping' | 'unsupported_option';
  field?: string;
  message: string;
};
export type Goaway = {
  type: 'goaway';
  reason: 'draining';
  timeLeftMs: number;
};
export type Summary = {
  type: 'summary';
  receivedMs: number;
  transcribedMs: number;
  silentMs: number;
  droppedMs: { [reason: string]: number };
  releasedMs: number;
  missingMs: number;
  replayedMs: number;
  billedMs: number;
  streams: number;
  results: number;
};
export type ErrorMessage = {
  type: 'error';
  code: CloseWord;
  message: string;
  retryable: boolean;
  retryAfterMs?: number;
  from?: number;
  to?: number;
};
export type ServerMessage =
  | Ready
  | Ack
  | Queued
  | Interim
  | Final
  | Gap
  | Warning
  | Goaway
  | Summary
  | ErrorMessage;
