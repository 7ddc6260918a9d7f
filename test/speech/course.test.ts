import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Course } from '../../src/speech/course.ts';

const STEPS = 10;

/** All holds of unknown length end at `age`. */
function endAt(age: number): Float64Array {
  return Float64Array.from({ length: STEPS }, (_, n) => (n >= age ? 1 : 0));
}

describe('Course', () => {
  it('grants what is free now, and what comes back by the chances of its age', () => {
    const course = new Course(endAt(2), []);
    course.holds(0, undefined);
    course.holds(1, undefined);
    // The hold of age 1 ends in the second step from now, the other one in the third.
    expect(course.grants(1)).toEqual([1, 1, 2, 4, 4, 5, 7, 7, 8, 10, 10]);
  });

  it('grants nothing for what comes back while too many are held', () => {
    const course = new Course(endAt(9), []);
    for (const left of [0.5, 1.5, 2.5]) course.holds(5, left);
    expect(course.grants(-1).slice(0, 4)).toEqual([0, 0, 1, 2]);
  });

  it('ends a hold of known length then, whatever its age, and between two steps in both', () => {
    const course = new Course(endAt(1), []);
    course.holds(9, 3.5);
    expect(course.grants(0).slice(0, 5)).toEqual([0, 0, 0, 0, 1]);
    const between = new Course(endAt(9), []);
    between.holds(0, 2.75);
    expect(between.grants(0).slice(0, 6)).toEqual([0, 0, 0, 0.75, 1, 1]);
  });

  it('holds a slot for as long as the one who gets it needs it', () => {
    const course = new Course(endAt(9), [2, undefined]);
    course.holds(0, 0.5);
    // In the first step to one who needs it for two steps, then to one who may need it for nine.
    expect(course.grants(0)).toEqual([0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]);
  });

  it('never grants twice in one step what is needed for no time at all', () => {
    const course = new Course(endAt(9), [0, 0, 0]);
    course.holds(0, 0);
    expect(course.grants(0).slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  });

  it('never has more held than there are slots, for any use', () => {
    const steps = fc.option(fc.double({ min: 0, max: 20, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.array(steps, { maxLength: 20 }),
        fc.array(steps, { maxLength: 20 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
        fc.nat(20),
        (held, waiting, chances, limit) => {
          const course = new Course(Float64Array.from(chances), waiting);
          for (const [age, left] of held.entries()) course.holds(age, left);
          const grants = course.grants(limit - held.length);
          let last = 0;
          for (const [step, count] of grants.entries()) {
            expect(count).toBeGreaterThanOrEqual(last);
            expect(count).toBeLessThanOrEqual(limit * (step + 1) + 1e-6);
            last = count;
          }
        },
      ),
    );
  });
});
