/**
 * Faults: what each way in which Google ends a stream means, as data.
 *
 * The first row that fits counts. The README's table is this one.
 */
import type { StreamFault } from '../recognizer.ts';
import type { Version } from './driver.ts';

/**
 *   routine      how streams end: at a limit of their own
 *   transient    another stream may fare better, on another connection
 *   quota        the project has no more streams to give now
 *   bug          ours: the same would come again
 *   config       this configuration will never be served
 *   credentials  nobody will be served until somebody sees to it
 */
export type FaultClass = 'routine' | 'transient' | 'quota' | 'bug' | 'config' | 'credentials';

interface FaultRow {
  /** gRPC status codes; -1 is a call that never had one. */
  readonly codes: readonly number[];
  /** All when absent. */
  readonly version?: Version;
  /** What the text says, by any of these, in whatever case; anything when absent. */
  readonly says?: readonly string[];
  readonly class: FaultClass;
}

export const FAULT_ROWS: readonly FaultRow[] = [
  { codes: [11], version: 'v1', says: ['stream duration'], class: 'routine' },
  { codes: [10], version: 'v2', says: ['max duration'], class: 'routine' },
  {
    codes: [10, 11],
    says: ['long duration elapsed', 'no more client requests'],
    class: 'routine',
  },
  { codes: [2, 13, 14, -1], says: ['credentials', 'metadata from plugin'], class: 'credentials' },
  { codes: [7, 16], class: 'credentials' },
  { codes: [8], class: 'quota' },
  { codes: [3], says: ['audio chunk can be'], class: 'bug' },
  { codes: [3, 5, 9, 12], class: 'config' },
  { codes: [14, 13, 4, 2, 1, 10, 11, -1], class: 'transient' },
];

/** What follows from a class, for the session and for the README. */
export const CLASSES: {
  readonly [C in FaultClass]: { readonly kind: StreamFault['kind']; readonly what: string };
} = {
  routine: { kind: 'routine', what: 'another stream at once; not counted as a failure' },
  transient: {
    kind: 'transient',
    what: 'another stream on another connection after a short wait, from what is unsettled',
  },
  quota: {
    kind: 'quota',
    what: 'the limit of streams falls to a tenth below those that are open; the session gives its slot back and queues again',
  },
  bug: { kind: 'config', what: 'the session ends: 4507; the same audio is not sent again' },
  config: { kind: 'config', what: 'the session ends: 4507' },
  credentials: {
    kind: 'unavailable',
    what: 'the session ends: 4004; for 30 s every other one too, and `/readyz` says 503',
  },
};

/** What it means that a stream has ended with this status, which isn't 0. */
export function classOf(version: Version, code: number, text: string): FaultClass {
  const lower = text.toLowerCase();
  const row = FAULT_ROWS.find(
    (each) =>
      each.codes.includes(code) &&
      (each.version ?? version) === version &&
      (each.says?.some((words) => lower.includes(words)) ?? true),
  );
  return row?.class ?? 'transient';
}

const NAMES: readonly (string | undefined)[] =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  );

/** `UNAVAILABLE`; undefined where there was no status, or none that gRPC knows. */
export function nameOf(code: number): string | undefined {
  return NAMES[code];
}

/** `14 UNAVAILABLE` */
export function codeName(code: number): string {
  return code < 0 ? 'no status' : `${code} ${nameOf(code) ?? 'of no name'}`;
}

/** A status that isn't 0, as the session is told of it. */
export function faultOf(version: Version, code: number, text: string): StreamFault {
  const { kind } = CLASSES[classOf(version, code, text)];
  return { kind, message: `Google: ${codeName(code)}: ${shortened(text)}` };
}

/** Characters of a text of Google that go on to devices and logs. */
const TEXT_LENGTH_MAX = 300;

export function shortened(text: string): string {
  return text.length <= TEXT_LENGTH_MAX ? text : `${text.slice(0, TEXT_LENGTH_MAX - 1)}…`;
}
