import { describe, expect, it } from 'vitest';
import { problem } from '../../src/client/problem.ts';
import {
  chapterOfMessage,
  chapterOfState,
  FINISHING,
  rotated,
  statusOf,
} from '../../src/page/story.ts';

const why = problem('lost', 'ws://host ended the connection');

describe('the story', () => {
  it.each([
    [{ state: 'connecting', attempt: 0 }, 'Connecting', 'Connecting.'],
    [{ state: 'connecting', attempt: 3 }, 'Connecting', 'Connecting again, attempt 3.'],
    [{ state: 'live', session: 's', fromMs: undefined }, 'Live', 'Live: the server listens.'],
    [{ state: 'live', session: 's', fromMs: 0 }, 'Live', /new session.*said again/],
    [{ state: 'resumed', session: 's', by: 'held' }, 'Resumed', /still had the session/],
    [{ state: 'resumed', session: 's', by: 'taken' }, 'Resumed', /another server took/],
    [
      { state: 'reconnecting', why, attempt: 1, waitMs: 1_234 },
      'Reconnecting',
      'The connection is gone: ws://host ended the connection. Recording goes on; next attempt in 1.2 s.',
    ],
    [{ state: 'resting', why }, 'Resting', /once there is audio/],
  ] as const)('tells of the state %o', (state, word, text) => {
    expect(chapterOfState(state)).toMatchObject({ word, text: expect.stringMatching(text) });
  });

  it('tells of a stream of the recognizer that took over', () => {
    expect(rotated(2)).toMatchObject({
      word: 'Live',
      text: expect.stringMatching(/^Rotated: stream 2/),
    });
  });

  it('does not call it live any more once no audio comes', () => {
    expect(statusOf(rotated(2), 'talking')).toEqual(rotated(2));
    expect(statusOf(rotated(2), 'finishing')).toBe(FINISHING);
    const resumed = chapterOfState({ state: 'resumed', session: 's', by: 'held' });
    expect(resumed && statusOf(resumed, 'finishing')).toBe(FINISHING);
  });

  it('leaves the end to what ended it', () => {
    expect(chapterOfState({ state: 'ended', why: undefined })).toBeUndefined();
  });

  it('tells the place in the queue, and when it is over', () => {
    const queued = (position: number, etaMs: number | null) =>
      chapterOfMessage({ type: 'queued', position, etaMs });
    expect(queued(3, 4_200)?.text).toMatch(/^Queued: place 3, about 4.2 s to go/);
    expect(queued(3, null)?.text).toMatch(/^Queued: place 3\. /);
    expect(queued(0, null)).toMatchObject({ word: 'Live', tone: 'good' });
  });

  it('tells of a server that leaves, of warnings, and of the sums', () => {
    expect(chapterOfMessage({ type: 'goaway', reason: 'draining', timeLeftMs: 1 })?.word).toBe(
      'Moving',
    );
    const warning = { type: 'warning', code: 'clipping', message: 'too loud' } as const;
    expect(chapterOfMessage(warning)).toMatchObject({ word: 'Warning', text: 'too loud.' });
    const sums = { releasedMs: 0, replayedMs: 0, billedMs: 0, streams: 1, results: 1 };
    const heard = { receivedMs: 9_000, transcribedMs: 3_000, silentMs: 6_000 };
    const none = { type: 'summary', ...sums, ...heard, droppedMs: {}, missingMs: 0 } as const;
    expect(chapterOfMessage(none)?.text).toBe(
      'Settled: of 9.0 s, 3.0 s were speech and 6.0 s silence; nothing lost.',
    );
    const some = { ...none, droppedMs: { overrun: 1_000 }, missingMs: 500 };
    expect(chapterOfMessage(some)?.text).toMatch(/1.5 s lost\.$/);
    expect(chapterOfMessage({ type: 'interim', start: 0, end: 1, text: '' })).toBeUndefined();
  });
});
