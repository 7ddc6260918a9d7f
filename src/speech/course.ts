/**
 * Course: how many slots will have been granted after each step of time (pure).
 *
 * A hold ends with the chance that its age has; but one that is known to be needed for so long ends
 * then. Each end is followed by a grant to the next who waits, unless more are held than may be, and
 * that begins a hold, of known length or not. All counts may be fractions.
 */

/** Steps of time; undefined: not known. */
export type Steps = number | undefined;

export class Course {
  readonly #chances: Float64Array;
  readonly #waiting: readonly Steps[];
  /** How many are held, by age in steps; the last holds all that are older. */
  readonly #ages: Float64Array;
  /** How many holds of known length end in each step. */
  readonly #due: Float64Array;
  #granted = 0;

  /** `chances`: to end before the next age, by age. `waiting`: how long each in the queue will hold its slot. */
  constructor(chances: Float64Array, waiting: readonly Steps[]) {
    this.#chances = chances;
    this.#waiting = waiting;
    this.#ages = new Float64Array(chances.length);
    this.#due = new Float64Array(chances.length);
  }

  /** A slot is held now, by one who has held it for `age`, a whole number of steps, and needs it for `left`. */
  holds(age: number, left: Steps): void {
    if (left === undefined) add(this.#ages, Math.min(age, this.#ages.length - 1), 1);
    else this.#ends(left - HALF, 1);
  }

  /** Grants by now, and after each of as many steps as there are ages; `free` below 0: too many are held. */
  grants(free: number): number[] {
    let excess = Math.max(0, -free);
    this.#grant(Math.max(0, free), -HALF);
    const grants = [this.#granted];
    for (let step = 0; step < this.#ages.length; step += 1) {
      const ended = this.#grow() + (this.#due[step] ?? 0);
      const followed = Math.max(0, ended - excess);
      excess -= ended - followed;
      this.#grant(followed, step);
      grants.push(this.#granted);
    }
    return grants;
  }

  /** Makes all holds a step older; the answer is how many of them ended. */
  #grow(): number {
    const ages = this.#ages;
    const last = ages.length - 1;
    let ended = 0;
    for (let age = last; age >= 0; age -= 1) {
      const held = ages[age] ?? 0;
      const ends = held * (this.#chances[age] ?? 0);
      ages[age] = 0;
      add(ages, Math.min(age + 1, last), held - ends);
      ended += ends;
    }
    return ended;
  }

  /** The next `count` of those who wait get slots in `step`, whose middle is meant. */
  #grant(count: number, step: number): void {
    const end = this.#granted + count;
    while (this.#granted < end) {
      const nth = Math.floor(this.#granted);
      const until = nth < this.#waiting.length ? Math.min(end, nth + 1) : end;
      const steps = this.#waiting[nth];
      if (steps === undefined) add(this.#ages, 0, until - this.#granted);
      else this.#ends(Math.max(step + steps, Math.floor(step) + 1), until - this.#granted);
      this.#granted = until;
    }
  }

  /** `count` holds end `step` steps from now, at the middle of a step; between two, some in each. */
  #ends(step: number, count: number): void {
    const at = Math.max(0, step);
    const first = Math.floor(at);
    const share = at - first;
    add(this.#due, first, count * (1 - share));
    add(this.#due, first + 1, count * share);
  }
}

const HALF = 0.5;

/** Beyond the end it is of no account. */
function add(counts: Float64Array, index: number, amount: number): void {
  if (index < counts.length) counts[index] = (counts[index] ?? 0) + amount;
}
