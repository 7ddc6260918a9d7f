/**
 * Close codes: every way in which a connection ends, as a table.
 *
 * The range tells a client what to do, so that it needs no table of its own: 4000-4399 reconnect
 * with the resume token, 4400-4499 reconnect without it, 4500-4999 don't.
 */

interface Ending {
  readonly close: number;
  /** When it is sent, for the README and the people who read it at night. */
  readonly when: string;
}

export const CLOSE = {
  draining: { close: 4001, when: 'this server is going away' },
  overloaded: { close: 4003, when: 'no slot in time, or no room to wait for one' },
  upstream_unavailable: { close: 4004, when: 'the recognizer failed and did not come back' },
  slow_consumer: { close: 4008, when: 'finals were not read in time' },
  token_expired: { close: 4010, when: 'the bearer token has expired: another one goes on' },
  idle: { close: 4012, when: 'neither audio nor keepalive came' },
  too_fast: { close: 4013, when: '10 s of audio were sent beyond the window' },
  rate_limited: { close: 4013, when: 'too many connections, messages or bytes came' },
  start_timeout: { close: 4014, when: 'no `start` came in time' },
  bad_resume: {
    close: 4411,
    when: 'a token that resumes nothing: expired, forged, or of another device or configuration',
  },
  unauthenticated: { close: 4500, when: 'the bearer token is missing or not valid' },
  bad_message: {
    close: 4501,
    when: 'a text message that is malformed, or has no place here and now',
  },
  bad_config: { close: 4501, when: 'a `start` that asks for what nobody serves' },
  bad_audio: {
    close: 4501,
    when: 'an empty frame, half a sample, no base64, a file in place of samples, or another signature',
  },
  frame_too_large: { close: 4501, when: 'a message over its limit' },
  forbidden: { close: 4507, when: 'the bearer token does not allow what was asked for' },
  upstream_rejected: { close: 4507, when: 'the recognizer refuses this configuration' },
  replaced: { close: 4509, when: 'a newer connection took the session' },
} as const satisfies Record<string, Ending>;

export type CloseWord = keyof typeof CLOSE;

/** The code of a connection whose `finish` was answered. */
export const CLOSE_DONE = 1000;

/** Whether a client may come back, with the resume token or without. */
export function isRetryable(close: number): boolean {
  return close < 4500;
}
