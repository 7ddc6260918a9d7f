import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/speech/embedded/segmenter.ts';
import {
  SEGMENTER_LIMITS,
  Segmenter,
  WINDOW_SAMPLES,
} from '../../../src/speech/embedded/segmenter.ts';

const LIMITS = {
  onset: 2 * WINDOW_SAMPLES,
  preRoll: 4 * WINDOW_SAMPLES,
  tail: 2 * WINDOW_SAMPLES,
  pause: 5 * WINDOW_SAMPLES,
  pauseShort: 2 * WINDOW_SAMPLES,
  segmentMax: 20 * WINDOW_SAMPLES,
  cutSearch: 8 * WINDOW_SAMPLES,
};

/**
 * Hears `script`, a letter a window: '#' is voice, '.' is none, a digit is voice of that loudness
 * (else 5), '!' is an endpoint between two windows. Answers outcomes in windows.
 */
function hear(script: string, rest = 0): string[] {
  const segmenter = new Segmenter(LIMITS);
  const said: Outcome[] = [];
  for (const letter of script) {
    if (letter === '!') said.push(...segmenter.endpoint());
    else said.push(...segmenter.push(letter !== '.', Number(letter) || (letter === '.' ? 0 : 5)));
  }
  const windows = script.replaceAll('!', '').length;
  said.push(...segmenter.finish(windows * WINDOW_SAMPLES + rest));
  return merged(said).map(
    ({ kind, start, end }) => `${kind} ${inWindows(start)}-${inWindows(end)}`,
  );
}

const inWindows = (samples: number): number => samples / WINDOW_SAMPLES;

/** Joins silences that follow each other: how finely they are told is no promise. */
function merged(said: readonly Outcome[]): Outcome[] {
  const all: Outcome[] = [];
  for (const outcome of said) {
    const last = all.at(-1);
    if (outcome.kind === 'silence' && last?.kind === 'silence') {
      all[all.length - 1] = { ...last, end: outcome.end };
    } else all.push(outcome);
  }
  return all;
}

describe('Segmenter', () => {
  it('settles silence but for the pre-roll while it hears no voice', () => {
    const segmenter = new Segmenter(LIMITS);
    let settled = 0;
    for (let i = 0; i < 10; i += 1) for (const { end } of segmenter.push(false, 0)) settled = end;
    expect(inWindows(settled)).toBe(6);
    expect(segmenter.draft).toBeUndefined();
  });

  it('starts a segment before the voice and ends it after the voice by the tail', () => {
    expect(hear('......###......')).toEqual(['silence 0-2', 'segment 2-11', 'silence 11-15']);
  });

  it('ends a segment once the pause is long enough, not before', () => {
    expect(hear('###....###')).toEqual(['segment 0-10']);
    expect(hear('###.....###')).toEqual(['segment 0-5', 'segment 5-11']);
  });

  it('starts no segment for a voice shorter than the onset', () => {
    expect(hear('......#.........')).toEqual(['silence 0-16']);
  });

  it('takes a voice that is on at the very end for speech, however short', () => {
    expect(hear('.....#')).toEqual(['silence 0-1', 'segment 1-6']);
  });

  it('never lets a pre-roll reach into the segment before', () => {
    expect(hear('###......###')).toEqual(['segment 0-5', 'segment 5-12']);
  });

  it('cuts a segment that is too long in the middle of its quietest late window', () => {
    expect(hear('##1#############2#######')).toEqual(['segment 0-16.5', 'segment 16.5-24']);
  });

  it('cuts at the last of equally quiet windows', () => {
    expect(hear('##############2##2##')).toEqual(['segment 0-17.5', 'segment 17.5-20']);
  });

  it('is idle after a cut in a pause that goes on', () => {
    expect(hear('##################..............')).toEqual(['segment 0-19.5', 'silence 19.5-32']);
  });

  it('ends the segment at the next short pause after an endpoint', () => {
    expect(hear('###!#.##..###.....')).toEqual(['segment 0-9', 'segment 9-14', 'silence 14-17']);
  });

  it('ends the segment at once when an endpoint comes in a short pause', () => {
    const segmenter = new Segmenter(LIMITS);
    for (const voiced of [true, true, false, false]) segmenter.push(voiced, 1);
    expect(segmenter.endpoint()).toEqual([{ kind: 'segment', start: 0, end: 4 * WINDOW_SAMPLES }]);
  });

  it('forgets an endpoint that comes in silence, and one that was served', () => {
    expect(hear('.....!##..##')).toEqual(['silence 0-1', 'segment 1-11']);
    expect(hear('##!..##..##')).toEqual(['segment 0-4', 'segment 4-10']);
  });

  it('drafts the open segment, which stays as it is while the voice pauses', () => {
    const segmenter = new Segmenter(LIMITS);
    for (const voiced of [false, false, true, true]) segmenter.push(voiced, 1);
    const draft = { start: 0, voiceStart: 2 * WINDOW_SAMPLES };
    expect(segmenter.draft).toEqual({ ...draft, end: 4 * WINDOW_SAMPLES, isPaused: false });
    for (const voiced of [false, false, false]) segmenter.push(voiced, 1);
    expect(segmenter.draft).toEqual({ ...draft, end: 6 * WINDOW_SAMPLES, isPaused: true });
  });

  it('says nothing when nothing was heard', () => {
    expect(hear('')).toEqual([]);
    expect(hear('', 1)).toEqual([`silence 0-${1 / WINDOW_SAMPLES}`]);
  });

  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ windows: fc.integer({ min: 1, max: 40 }), voiced: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.constant('endpoint' as const) },
  );

  it.each([
    ['its own limits', SEGMENTER_LIMITS],
    ['short ones', LIMITS],
  ])(
    'settles every sample exactly once and in order, never beyond what it heard, with %s',
    (_, limits) => {
      fc.assert(
        fc.property(
          fc.array(step, { maxLength: 60 }),
          fc.integer({ min: 0, max: WINDOW_SAMPLES - 1 }),
          fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
          (steps, rest, levels) => {
            const segmenter = new Segmenter(limits);
            let heard = 0;
            let settled = 0;
            const check = (outcomes: readonly Outcome[]): void => {
              for (const { kind, start, end } of outcomes) {
                expect(start).toBe(settled);
                expect(end).toBeGreaterThan(start);
                expect(end).toBeLessThanOrEqual(heard);
                if (kind === 'segment')
                  expect(end - start).toBeLessThanOrEqual(limits.segmentMax + WINDOW_SAMPLES);
                settled = end;
              }
              expect(segmenter.settled).toBe(settled);
            };
            for (const part of steps) {
              if (part === 'endpoint') check(segmenter.endpoint());
              else {
                for (let i = 0; i < part.windows; i += 1) {
                  heard += WINDOW_SAMPLES;
                  check(segmenter.push(part.voiced, levels.next().value));
                  // What is neither settled nor in an open segment is the pre-roll, no more.
                  if (segmenter.draft === undefined) {
                    expect(heard - settled).toBeLessThanOrEqual(
                      Math.max(limits.preRoll + limits.onset, limits.pause),
                    );
                  }
                }
              }
            }
            heard += rest;
            check(segmenter.finish(heard));
            expect(settled).toBe(heard);
          },
        ),
      );
    },
  );
});
