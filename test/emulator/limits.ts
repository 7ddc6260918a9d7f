/**
 * Limits: what Google allows a stream, and the words it says no with, as data for v1 and v2.
 *
 * The texts are Google's own, measured or as seen in client issue threads. Where a thread shows one
 * for one version only, the other version borrows it, and the row says so. Clients tell faults apart
 * by these words, so they are never reworded here.
 */

export const VERSIONS = ['v1', 'v2'] as const;
export type Version = (typeof VERSIONS)[number];

/** The status codes of gRPC that are used here. */
export const CODE = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;
export type CodeName = keyof typeof CODE;

/** How a stream ends: what a client reads as `code` and `details`. */
export interface Status {
  readonly code: CodeName;
  readonly text: string;
}

export interface Limits {
  /** Life of a stream, in wall time. */
  readonly durationMs: Readonly<Record<Version, number>>;
  /** Longest wait for the next request while the stream is open, in wall time. */
  readonly idleMs: number;
  /** Largest audio in one message. */
  readonly audioBytesMax: number;
  /** How far audio may run ahead of wall time, counted from the first audio. */
  readonly leadMsMax: number;
  /** Calls at once on one HTTP/2 connection; one more waits at the client. */
  readonly streamsPerConnectionMax: number;
  /** Streams open at once in the whole project. */
  readonly concurrentMax: number;
  /** Streams started in any `startsWindowMs`. No number is published: set your project's own. */
  readonly startsMax: number;
  readonly startsWindowMs: number;
  readonly sampleRateHertzMin: number;
  readonly sampleRateHertzMax: number;
  readonly channelsMax: number;
}

export const GOOGLE_LIMITS: Limits = {
  durationMs: { v1: 305_000, v2: 300_000 },
  idleMs: 10_000,
  audioBytesMax: 25_600,
  leadMsMax: 30_000,
  streamsPerConnectionMax: 100,
  concurrentMax: 300,
  startsMax: 3_000,
  startsWindowMs: 60_000,
  sampleRateHertzMin: 8_000,
  sampleRateHertzMax: 48_000,
  channelsMax: 8,
};

/**
 * The same limits with wall time `scale` times faster: at 30 a v1 stream lives 10.2 s. Audio keeps
 * its pace whatever the scale, so `idleMs` and `leadMsMax`, which compare wall time with audio, stay.
 */
export function scaleLimits(limits: Limits, scale: number): Limits {
  return {
    ...limits,
    durationMs: { v1: limits.durationMs.v1 / scale, v2: limits.durationMs.v2 / scale },
    startsWindowMs: limits.startsWindowMs / scale,
  };
}

const EXHAUSTED: Status = {
  code: 'RESOURCE_EXHAUSTED',
  text: 'Resource has been exhausted (e.g. check quota).',
};

function invalid(text: string): Status {
  return { code: 'INVALID_ARGUMENT', text };
}

const BAD_RATE = invalid("Invalid recognition 'config': bad sample rate hertz.");
/** The first message has no config. */
const CONFIG_FIRST = invalid(
  'Malordered Data Received. Send exactly one config, followed by audio data.',
);

/** Why Google ends a stream on its own. */
export const ENDS = {
  v1: {
    duration: {
      code: 'OUT_OF_RANGE',
      text: 'Exceeded maximum allowed stream duration of 305 seconds.',
    },
    idle: {
      code: 'OUT_OF_RANGE',
      text: 'Audio Timeout Error: Long duration elapsed without audio. Audio should be sent close to real time.',
    },
    // Streams before 2018 read "11 OUT_OF_RANGE: Audio data is being streamed too fast." instead.
    pace: EXHAUSTED,
    concurrent: EXHAUSTED,
    starts: {
      code: 'RESOURCE_EXHAUSTED',
      text: "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'",
    },
    'config-first': CONFIG_FIRST,
    'audio-next': invalid(
      'Malordered Data Received. Expected audio_content none was set. Send exactly one config, followed by audio data.',
    ),
    encoding: invalid("Invalid recognition 'config': bad encoding.."),
    'sample-rate': BAD_RATE,
    language: invalid("Invalid recognition 'config': bad language code."),
    // In the manner of its neighbours: no thread shows this one.
    channels: invalid("Invalid recognition 'config': bad channel count."),
    recognizer: CONFIG_FIRST, // v1 has no recognizer
  },
  v2: {
    duration: { code: 'ABORTED', text: 'Max duration of 5 minutes reached for stream.' },
    idle: { code: 'ABORTED', text: 'Stream timed out after receiving no more client requests.' },
    pace: EXHAUSTED, // seen for v1
    concurrent: EXHAUSTED, // seen for v1
    starts: {
      code: 'RESOURCE_EXHAUSTED',
      text: "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'", // seen for v1
    },
    'config-first': CONFIG_FIRST, // seen for v1
    'audio-next': invalid(
      'Malordered Data Received. Expected audio but none was set. Send exactly one config, followed by audio data.',
    ),
    encoding: invalid(
      'Audio data does not appear to be in a supported encoding. If you believe this to be incorrect, try explicitly specifying the decoding parameters.',
    ),
    'sample-rate': BAD_RATE, // seen for v1
    language: invalid("Invalid recognition 'config': bad language code."), // seen for v1
    // With the count that was given in place of 0.
    channels: invalid('Invalid audio channel count value: 0. Values must be non-negative.'),
    recognizer: invalid('Invalid resource field value in the request.'),
  },
} as const satisfies Record<Version, Record<string, Status>>;
export type EndName = keyof (typeof ENDS)['v1'];

/** The doubled "a" is Google's; at least one thread quotes it without. Seen for v2. */
export function oversized(bytes: number, bytesMax: number): Status {
  return invalid(
    `Audio chunk can be of a a maximum of ${bytesMax} bytes. Received audio of ${bytes} bytes instead.`,
  );
}

/** The text of a scripted status that names none, as seen in client issue threads. */
export const TEXTS: Readonly<Record<CodeName, string>> = {
  OK: '',
  CANCELLED: 'The operation was cancelled.',
  UNKNOWN: 'Stream removed',
  INVALID_ARGUMENT: "Invalid recognition 'config': bad encoding..",
  DEADLINE_EXCEEDED: 'Deadline Exceeded',
  NOT_FOUND: 'Requested entity was not found.',
  PERMISSION_DENIED: 'The caller does not have permission',
  RESOURCE_EXHAUSTED: EXHAUSTED.text,
  FAILED_PRECONDITION: 'Precondition check failed.',
  ABORTED: ENDS.v2.duration.text,
  OUT_OF_RANGE: ENDS.v1.duration.text,
  UNIMPLEMENTED: 'Operation is not implemented, or supported, or enabled.',
  INTERNAL: 'Internal error encountered.',
  UNAVAILABLE: '502:Bad Gateway',
  UNAUTHENTICATED:
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
};
