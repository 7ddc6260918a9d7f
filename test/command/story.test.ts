import { describe, expect, it } from 'vitest';
import { problem } from '../../src/client/problem.ts';
import { hopeless, storyOf } from '../../src/command/story.ts';

const LOST = problem('lost', 'the line\x1b[2J broke', { retryable: true });
const RETRY = { state: 'reconnecting', why: LOST, attempt: 2, waitMs: 1_250 } as const;

describe('storyOf()', () => {
  it('says why and when it connects again, and nothing that steers a terminal', () => {
    expect(storyOf(RETRY)).toBe('the line [2J broke; connecting again in 1.3 s (attempt 2)');
    expect(storyOf({ state: 'resting', why: LOST })).toContain('when there is audio');
  });

  it('says that a session goes on, or that another one has begun', () => {
    expect(storyOf({ state: 'resumed', session: 's', by: 'taken' })).toContain('goes on');
    expect(storyOf({ state: 'live', session: 's', fromMs: 61_500 })).toContain('01:01.50');
  });

  it('says nothing of what goes as it should', () => {
    expect(storyOf({ state: 'connecting', attempt: 0 })).toBeUndefined();
    expect(storyOf({ state: 'live', session: 's', fromMs: undefined })).toBeUndefined();
    expect(storyOf({ state: 'ended', why: undefined })).toBeUndefined();
  });
});

describe('hopeless()', () => {
  it('is an address where nothing answers, but not a server that asks to wait', () => {
    const nobody = problem('unreachable', 'nothing listens there', { retryable: true });
    const busy = problem('unreachable', 'full', { retryable: true, retryAfterMs: 5_000 });
    expect(hopeless({ ...RETRY, why: nobody })).toBe(nobody);
    expect(hopeless({ ...RETRY, why: busy })).toBeUndefined();
    expect(hopeless(RETRY)).toBeUndefined();
    expect(hopeless({ state: 'resting', why: nobody })).toBeUndefined();
  });
});
