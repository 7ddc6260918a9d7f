/**
 * Options: the words after the command, as what the emulator is made with.
 */
import { parseArgs } from 'node:util';
import type { EmulatorOptions } from './emulator.ts';
import { parseRule } from './fault-text.ts';
import type { Limits } from './limits.ts';
import { GOOGLE_LIMITS } from './limits.ts';
import { randomOf } from './random.ts';

export const USAGE = `Google Speech-to-Text emulator: gRPC StreamingRecognize, v1 and v2, plaintext.

  --host HOST              listen on HOST (127.0.0.1)
  --port PORT              listen on PORT; 0 takes any that is free (8443)
  --report-port PORT       answer GET with the report (none)
  --time-scale N           a stream's life and the quota's minute pass N times faster (1)
  --duration-ms MS         a stream's life, before --time-scale (v1 305000, v2 300000)
  --idle-ms MS             the longest wait for audio (10000)
  --concurrent-max N       streams at once (300)
  --starts-max N           starts a minute (3000)
  --audio-bytes-max N      audio in a message (25600)
  --lead-ms-max MS         audio ahead of real time (30000)
  --monologue-ms-max MS    a final without a pause after MS of speech (never)
  --time-step-ms MS        times in responses are multiples of MS (1)
  --log                    print each stream as it ends, as a line of JSON
  --no-word-times          finals come without words, as of a model that has no times for them
  --seed N                 what the faults' chances are drawn from (1)
  --fault RULE             may be given again, e.g. 'do=unavailable stream=3 at=audio:2500'
`;

const PORT_DEFAULT = 8443;
/** Node's timers wait no longer. */
const WAIT_MS_MAX = 2 ** 31 - 1;

/** The options that are numbers, and the range of each. */
const NUMBERS = {
  port: [0, 65_535],
  'report-port': [0, 65_535],
  'time-scale': [0.001, 100_000],
  'duration-ms': [1, WAIT_MS_MAX],
  'idle-ms': [1, WAIT_MS_MAX],
  'concurrent-max': [0, 1_000_000],
  'starts-max': [0, 1_000_000],
  'audio-bytes-max': [1, 4_194_304],
  'lead-ms-max': [0, WAIT_MS_MAX],
  'monologue-ms-max': [1, WAIT_MS_MAX],
  'time-step-ms': [0.001, 1_000],
  seed: [0, 2 ** 32 - 1],
} as const satisfies Record<string, readonly [number, number]>;
type NumberName = keyof typeof NUMBERS;
const NUMBER_NAMES = Object.keys(NUMBERS) as NumberName[];

export interface Options {
  readonly host: string;
  readonly port: number;
  /** Where the report is to be had; undefined: nowhere. */
  readonly reportPort: number | undefined;
  /** Whether each stream is told as it ends. */
  readonly log: boolean;
  readonly emulator: EmulatorOptions;
}

/** Throws an Error that names the word that can't be understood. */
export function parseOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(NUMBER_NAMES.map((name) => [name, { type: 'string' } as const])),
      host: { type: 'string', default: '127.0.0.1' },
      fault: { type: 'string', multiple: true, default: [] },
      log: { type: 'boolean', default: false },
      'no-word-times': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const numbers = numbersOf(values);
  return {
    host: values.host,
    port: numbers.get('port') ?? PORT_DEFAULT,
    reportPort: numbers.get('report-port'),
    log: values.log,
    emulator: {
      limits: limitsOf(numbers),
      timeScale: numbers.get('time-scale') ?? 1,
      timeStepMs: numbers.get('time-step-ms') ?? 1,
      wordTimes: !values['no-word-times'],
      manner: { monologueMsMax: numbers.get('monologue-ms-max') ?? Infinity },
      random: randomOf(numbers.get('seed') ?? 1),
      faults: values.fault.map(parseRule),
    },
  };
}

function numbersOf(values: Readonly<Record<string, unknown>>): ReadonlyMap<NumberName, number> {
  const numbers = new Map<NumberName, number>();
  for (const name of NUMBER_NAMES) {
    const text = values[name];
    if (text === undefined) continue;
    const number = Number(text);
    const [min, max] = NUMBERS[name];
    if (text === '' || !(number >= min && number <= max)) {
      throw new RangeError(`--${name} is '${text}', expected a number from ${min} to ${max}`);
    }
    numbers.set(name, number);
  }
  return numbers;
}

function limitsOf(numbers: ReadonlyMap<NumberName, number>): Limits {
  const { durationMs, idleMs, concurrentMax, startsMax, audioBytesMax, leadMsMax } = GOOGLE_LIMITS;
  const lifeMs = numbers.get('duration-ms');
  return {
    ...GOOGLE_LIMITS,
    durationMs: lifeMs === undefined ? durationMs : { v1: lifeMs, v2: lifeMs },
    idleMs: numbers.get('idle-ms') ?? idleMs,
    concurrentMax: numbers.get('concurrent-max') ?? concurrentMax,
    startsMax: numbers.get('starts-max') ?? startsMax,
    audioBytesMax: numbers.get('audio-bytes-max') ?? audioBytesMax,
    leadMsMax: numbers.get('lead-ms-max') ?? leadMsMax,
  };
}
