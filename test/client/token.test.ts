import { describe, expect, it } from 'vitest';
import { askToken } from '../../src/client/token.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

function newRig(source: () => Promise<string>) {
  const clock = new FakeClock();
  const answers: unknown[] = [];
  const timer = askToken({
    source,
    clock,
    msMax: 1_000,
    onAnswer: (answer) => answers.push(answer),
  });
  return { clock, answers, timer };
}

describe('askToken()', () => {
  it('answers the token, later and once', async () => {
    const { clock, answers } = newRig(() => Promise.resolve('tok'));
    expect(answers).toEqual([]);
    await clock.advance(5_000);
    expect(answers).toEqual([{ token: 'tok' }]);
    expect(clock.pending).toBe(0);
  });

  it('answers a problem that may pass when the source rejects, throws or takes too long', async () => {
    const sources: [() => Promise<string>, string][] = [
      [() => Promise.reject(new Error('offline')), 'no token came: offline'],
      [
        () => {
          throw new Error('not yet');
        },
        'no token came: not yet',
      ],
      [() => new Promise(() => undefined), 'no token came within 1000 ms'],
    ];
    for (const [source, message] of sources) {
      const { clock, answers } = newRig(source);
      await clock.advance(1_000);
      expect(answers).toMatchObject([{ code: 'no_token', retryable: true, message }]);
    }
  });

  it('answers nothing once it was given up', async () => {
    const { clock, answers, timer } = newRig(() => Promise.resolve('tok'));
    timer.cancel();
    await clock.advance(5_000);
    expect(answers).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
