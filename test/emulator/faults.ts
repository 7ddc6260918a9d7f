/**
 * Faults: a script of what goes wrong, on which stream, at what moment.
 *
 * Rules are data. Which of them a stream suffers is settled when it opens, so that the same seed and
 * the same order of streams give the same faults.
 */
import type { CodeName, EndName, Version } from './limits.ts';
import type { Random } from './random.ts';

/** What goes wrong below gRPC; only a front can do it. */
export type LinkFault =
  /** The stream is reset with this HTTP/2 error code, 1..13. */
  | { readonly kind: 'rst-stream'; readonly errorCode: number }
  /** The connection takes no new streams; those that run go on. */
  | { readonly kind: 'goaway' }
  /** The connection is gone, with all its streams. */
  | { readonly kind: 'cut' }
  /** The server reads this stream no faster from now on; 0 is not at all. */
  | { readonly kind: 'slow-read'; readonly bytesPerSecond: number };

export type Fault =
  | LinkFault
  /** The stream ends with a code, and the usual text for it unless another is given. */
  | { readonly kind: 'status'; readonly code: CodeName; readonly text?: string }
  /** The stream ends as if it had reached a limit, whether it has or not. */
  | { readonly kind: 'limit'; readonly limit: EndName }
  /** The stream says nothing any more, and no limit ends it. */
  | { readonly kind: 'hang' }
  /** What the stream says next, and so all after it, comes later by `ms`. */
  | { readonly kind: 'late'; readonly ms: number };

export type Moment =
  /** Before anything is read. */
  | { readonly at: 'open' }
  /** When the stream has received this much audio. */
  | { readonly at: 'audio'; readonly ms: number }
  /** This long after the stream opened, in wall time. */
  | { readonly at: 'wall'; readonly ms: number }
  /** When no audio follows, before the tail is recognized. */
  | { readonly at: 'half-close' }
  /** Right after the nth final, or interim, has gone out; a 'late' delays that one itself. */
  | { readonly at: 'final'; readonly nth: number }
  | { readonly at: 'interim'; readonly nth: number };

/** What is known of a stream when it opens. */
export interface Opening {
  /** Counts all streams of the emulator, from 1. */
  readonly nth: number;
  readonly version: Version;
  /** Counts connections, from 1. */
  readonly connection: number;
}

export interface Rule {
  readonly what: Fault;
  /** 'open' unless given. */
  readonly when?: Moment;
  /** Every stream unless given. */
  readonly which?: (opening: Opening) => boolean;
  /** How likely it strikes a stream that `which` names, 0..1; 1 unless given. */
  readonly chance?: number;
  /** On how many streams it strikes at most. */
  readonly timesMax?: number;
}

export interface Planned {
  readonly what: Fault;
  readonly when: Moment;
}

/** Deals out the faults of a script, stream by stream in the order of opening. */
export class FaultScript {
  readonly #rules: readonly Rule[];
  readonly #random: Random;
  readonly #struck = new Map<Rule, number>();

  constructor(rules: readonly Rule[], random: Random) {
    this.#rules = rules;
    this.#random = random;
  }

  /** What the stream that opens now will suffer. */
  deal(opening: Opening): Planned[] {
    return this.#rules
      .filter((rule) => this.#strikes(rule, opening))
      .map((rule) => ({ what: rule.what, when: rule.when ?? { at: 'open' } }));
  }

  #strikes(rule: Rule, opening: Opening): boolean {
    const struck = this.#struck.get(rule) ?? 0;
    if (rule.which !== undefined && !rule.which(opening)) return false;
    // Drawn even when the rule is used up, so that its limit doesn't move the draws of others.
    if (rule.chance !== undefined && this.#random() >= rule.chance) return false;
    if (struck >= (rule.timesMax ?? Number.POSITIVE_INFINITY)) return false;
    this.#struck.set(rule, struck + 1);
    return true;
  }
}

/** The faults of one stream that are still to come. */
export class FaultPlan {
  #planned: readonly Planned[];

  constructor(planned: readonly Planned[]) {
    this.#planned = planned;
  }

  /** How much audio the next fault by audio waits for; undefined when none does. */
  get nextAudioMs(): number | undefined {
    const waits = this.#planned.flatMap(({ when }) => (when.at === 'audio' ? [when.ms] : []));
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** How long after its opening each fault by wall time strikes. */
  get wallMs(): number[] {
    return this.#planned.flatMap(({ when }) => (when.at === 'wall' ? [when.ms] : []));
  }

  /** The faults of a moment, each once. Audio and wall: all that are due at `reached`. */
  take(at: Moment['at'], reached = 0): Fault[] {
    const due = this.#planned.filter(({ when }) => when.at === at && isDue(when, reached));
    if (due.length > 0) this.#planned = this.#planned.filter((planned) => !due.includes(planned));
    return due.map(({ what }) => what);
  }
}

function isDue(when: Moment, reached: number): boolean {
  if (when.at === 'audio' || when.at === 'wall') return when.ms <= reached;
  if (when.at === 'final' || when.at === 'interim') return when.nth === reached;
  return true;
}

/** A fault as the report names it: its kind, or the code or limit it ends with. */
export function nameOf(fault: Fault): string {
  if (fault.kind === 'status') return fault.code;
  return fault.kind === 'limit' ? `limit ${fault.limit}` : fault.kind;
}
