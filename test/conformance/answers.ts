/**
 * Answers: what a case leaves out of a server's message.
 */
import { SUMMARY } from '../fakes/summary.ts';
import type { Json } from './case.ts';

/** Of each `start` of a client that is tested. */
export const START = { type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000 } as const;

export const CLIENT_DEFAULTS = {
  ready: {
    session: 's-1',
    resumed: false,
    frame: 1,
    result: 1,
    windowMs: 5_000,
    maxFrameBytes: 65_536,
    maxFrameMs: 1_000,
    keepaliveMs: 10_000,
    resume: 't-0',
  },
  ack: { settled: 0, settledMs: 0 },
  summary: SUMMARY,
  error: { message: 'as the case says', retryable: true },
  goaway: { reason: 'draining', timeLeftMs: 10_000 },
} as const;

/**
 * The message with its defaults: of `ack` what the last one said; a `final` or `gap` settles all
 * before its end, and brings a token named after that. A null leaves a field out.
 */
export function filled(message: Json, ack: Json, numberAt: (text: string) => number): Json {
  const whole = { ...defaultsOf(message, ack), ...message };
  const fields = Object.entries(whole)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [
      name,
      typeof value === 'string' && /^@\d/.test(value) ? numberAt(value) : value,
    ]);
  return Object.fromEntries(fields);
}

function defaultsOf({ type, result, end }: Json, ack: Json): Json {
  const settled = { settled: `@${end}`, settledMs: end, resume: `t-${end}` };
  switch (type) {
    case 'ack':
      return ack;
    case 'final':
      return { text: `text ${result}`, ...settled };
    case 'gap':
      return { reason: 'client', ...settled };
    case 'ready':
    case 'summary':
    case 'error':
    case 'goaway':
      return CLIENT_DEFAULTS[type];
    default:
      return {};
  }
}
