import { describe, expect, it } from 'vitest';
import { problem } from '../../src/client/problem.ts';
import {
  adviceOfFile,
  adviceOfInsecure,
  adviceOfMicrophone,
  adviceOfProblem,
} from '../../src/page/advice.ts';

describe('advice', () => {
  it.each([
    ['NotAllowedError', /not allowed/, /Allow it/],
    ['NotFoundError', /no microphone/, /Plug one in/],
    ['NotReadableError', /no sound/, /other apps/],
    ['OverconstrainedError', /not there any more/, /Choose another/],
    ['AbortError', /something \(AbortError\)/, /another browser/],
  ])('says what to do about a microphone that fails with %s', (name, what, remedy) => {
    expect(adviceOfMicrophone(name, 'something')).toEqual({
      what: expect.stringMatching(what),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('says why an address gets no microphone, and which would', () => {
    const { what, remedy } = adviceOfInsecure('http://10.0.0.2:8080');
    expect(what).toMatch(/only to pages from https .* http:\/\/10\.0\.0\.2:8080/);
    expect(remedy).toMatch(/http:\/\/localhost:8080\/ .*ssh -L 8080:127\.0\.0\.1:8080/);
    expect(adviceOfInsecure('http://10.0.0.2').remedy).toContain('localhost:80/');
  });

  it.each([
    [problem('unreachable', 'no answer'), 'no answer.', /still runs/],
    [problem('overloaded', 'no slot', { retryAfterMs: 2_900 }), 'no slot.', /wait.* asks for 3 s/],
    [problem('unauthenticated', 'no.'), 'no.', /token .* under Options/],
    [problem('bad_answer', 'odd'), 'odd.', /begin anew/],
  ])('says what to do about %o', (why, what, remedy) => {
    expect(adviceOfProblem(why)).toEqual({ what, remedy: expect.stringMatching(remedy) });
  });

  it('says what a file has to be', () => {
    expect(adviceOfFile('a.txt', 'not sound').what).toBe(
      "a.txt can't be read as sound: not sound.",
    );
  });
});
