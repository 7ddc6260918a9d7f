/**
 * Holds: how long slots are held, and from that when the next ones come back.
 *
 * It watches holds that ended lately and those that go on, and keeps for each age the chance to end at it
 * (a life table: those that still go on count as having lived so far, so that early ends don't make all
 * holds look short). Then it lets the holds of now age, and those that follow them, step by step. So it
 * is right for holds of one length, where slots come back together, and for holds of any length, where
 * they trickle. Who knows how long a slot is still needed is believed: one who has waited with all that
 * is to be heard needs it for less than those who were still speaking.
 */
import type { Steps } from './course.ts';
import { Course } from './course.ts';

/** A forecast from fewer ends would be a guess. */
const ENDS_MIN = 10;
/** Ends remembered: enough for a distribution, few enough to follow a change of it. */
const ENDS_MAX = 256;
/** Steps to the mean hold. */
const STEPS_A_MEAN = 32;
/** Ages and moments in a forecast: four mean holds. Beyond, ages are one, and grants come at a steady rate. */
const STEPS_MAX = 4 * STEPS_A_MEAN;
/** The n-th of random events is, as often as not, there when n - 1/3 are expected. */
const MEDIAN_LEAD = 1 / 3;
/** Forecasts are kept so long, and moved on by the grants since. */
const FORECAST_MS_MAX = 250;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Milliseconds for which a slot is needed: from now on, or once it is granted. Undefined: not known. */
export type LeftMs = () => number | undefined;

/** `grants[k]` is how many are expected by `atMs` + k * `stepMs`; after the last, `ratePerMs` more. */
interface Forecast {
  readonly atMs: number;
  readonly limit: number;
  readonly begun: number;
  readonly stepMs: number;
  readonly grants: readonly number[];
  readonly ratePerMs: number;
}

export class Holds {
  readonly #held = new Map<unknown, { readonly fromMs: number; readonly leftMs: LeftMs }>();
  readonly #ended: Span[] = [];
  #begun = 0;
  #ends = 0;
  /** From here on every end is remembered. */
  #sinceMs = Number.NEGATIVE_INFINITY;
  #forecast: Forecast | undefined;

  begin(hold: unknown, nowMs: number, leftMs: LeftMs = unknown): void {
    this.#held.set(hold, { fromMs: nowMs, leftMs });
    this.#begun += 1;
  }

  /** Without effect for a hold that hasn't begun. */
  end(hold: unknown, nowMs: number): void {
    const fromMs = this.#held.get(hold)?.fromMs;
    if (fromMs === undefined) return;
    this.#held.delete(hold);
    const forgotten = this.#ended[this.#ends % ENDS_MAX];
    if (forgotten !== undefined) this.#sinceMs = forgotten.toMs;
    this.#ended[this.#ends % ENDS_MAX] = { fromMs, toMs: nowMs };
    this.#ends += 1;
  }

  /**
   * Until the one at `position` (from 1) of an endless queue is granted a slot of `limit`; null while
   * unknown. `waiting`: those of the queue who may know how long they need it, in their order.
   */
  etaMs(
    position: number,
    limit: number,
    nowMs: number,
    waiting: () => readonly LeftMs[] = nobody,
  ): number | null {
    const forecast = this.#forecastAt(nowMs, limit, waiting);
    if (forecast === undefined) return null;
    const grants = position + this.#begun - forecast.begun - MEDIAN_LEAD;
    return Math.max(0, Math.round(msUntil(grants, forecast) - (nowMs - forecast.atMs)));
  }

  #forecastAt(
    nowMs: number,
    limit: number,
    waiting: () => readonly LeftMs[],
  ): Forecast | undefined {
    const last = this.#forecast;
    if (last?.limit === limit && nowMs - last.atMs < FORECAST_MS_MAX) return last;
    const isKnown = limit > 0 && this.#ends >= ENDS_MIN;
    this.#forecast = isKnown ? this.#newForecast(nowMs, limit, waiting()) : undefined;
    return this.#forecast;
  }

  #newForecast(nowMs: number, limit: number, waiting: readonly LeftMs[]): Forecast {
    const held = Array.from(this.#held.values(), (hold) => ({ ...hold, toMs: nowMs }));
    const watched = this.#ended.concat(held);
    let watchedMs = 0;
    for (const { fromMs, toMs } of watched) watchedMs += toMs - Math.max(fromMs, this.#sinceMs);
    const meanMs = Math.max(1, watchedMs / this.#ended.length);
    const stepMs = meanMs / STEPS_A_MEAN;
    const chances = this.#chances(watched, stepMs);
    const stepsOf = (leftMs: LeftMs): Steps => {
      const ms = leftMs();
      return ms === undefined ? undefined : ms / stepMs;
    };
    const course = new Course(chances, waiting.map(stepsOf));
    for (const { fromMs, leftMs } of held) {
      course.holds(ageOf(nowMs - fromMs, stepMs), stepsOf(leftMs));
    }
    const grants = course.grants(limit - held.length);
    const ratePerMs = limit / (stepMs * meanOf(chances));
    return { atMs: nowMs, limit, begun: this.#begun, stepMs, grants, ratePerMs };
  }

  /** The chance, for each age in steps, that a hold which has come to it ends before the next one. */
  #chances(watched: readonly Span[], stepMs: number): Float64Array {
    const reached = new Float64Array(STEPS_MAX);
    let oldSteps = 0;
    for (const { fromMs, toMs } of watched) {
      add(reached, ageOf(Math.max(0, this.#sinceMs - fromMs), stepMs), 1);
      add(reached, ageOf(toMs - fromMs, stepMs), -1);
      const oldMs = toMs - Math.max(this.#sinceMs, fromMs + (STEPS_MAX - 1) * stepMs);
      oldSteps += Math.max(0, oldMs / stepMs - 1);
    }
    for (let age = 1; age < STEPS_MAX; age += 1) add(reached, age, reached[age - 1] ?? 0);
    add(reached, STEPS_MAX - 1, oldSteps);
    const ended = new Float64Array(STEPS_MAX);
    for (const { fromMs, toMs } of this.#ended) {
      add(ended, ageOf(toMs - fromMs, stepMs), 1);
      add(reached, ageOf(toMs - fromMs, stepMs), 1);
    }
    const unknown = chanceOfTheOld(ended, reached);
    const chances = ended.map((ends, age) => (reached[age] ? ends / reached[age] : unknown));
    // The oldest age never runs out: where no hold has ended in it, one is due after as long again.
    const soon = 1 / Math.max(reached[STEPS_MAX - 1] ?? 0, STEPS_A_MEAN);
    chances[STEPS_MAX - 1] = Math.max(chances.at(-1) ?? 0, soon);
    return chances;
  }
}

/** For ages that nobody has come to: as it was for the older half of those that ended. */
function chanceOfTheOld(ended: Float64Array, reached: Float64Array): number {
  const half = ended.reduce((sum, n) => sum + n, 0) / 2;
  let ends = 0;
  let lived = 0;
  for (let age = STEPS_MAX - 1; age >= 0 && ends < half; age -= 1) {
    ends += ended[age] ?? 0;
    lived += reached[age] ?? 0;
  }
  return ends / lived;
}

/** The mean hold by these chances, in steps. */
function meanOf(chances: Float64Array): number {
  let steps = 0;
  let left = 1;
  for (const chance of chances) {
    steps += left;
    left *= 1 - chance;
  }
  return steps + left / (chances.at(-1) ?? 1);
}

function ageOf(ms: number, stepMs: number): number {
  return Math.min(Math.floor(ms / stepMs), STEPS_MAX - 1);
}

function add(counts: Float64Array, index: number, amount: number): void {
  counts[index] = (counts[index] ?? 0) + amount;
}

function msUntil(position: number, forecast: Forecast): number {
  const { grants, stepMs, ratePerMs } = forecast;
  const after = grants.findIndex((granted) => granted >= position);
  if (after === 0) return 0;
  if (after === -1) {
    return STEPS_MAX * stepMs + (position - (grants.at(-1) ?? 0)) / ratePerMs;
  }
  const before = grants[after - 1] ?? 0;
  return (after - 1 + (position - before) / ((grants[after] ?? 0) - before)) * stepMs;
}

/** The length of a hold that may end at any time. */
export function unknown(): undefined {
  return undefined;
}

function nobody(): readonly LeftMs[] {
  return [];
}
