import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnswer } from '../../src/client/answer.ts';
import { READY } from '../fakes/scripted-server.ts';

describe('parseAnswer()', () => {
  it('answers the message, with fields that it does not know', () => {
    const ready = { ...READY, resume: 'token' };
    expect(parseAnswer(JSON.stringify(ready))).toEqual(ready);
  });

  it('passes over a type that a later server may say', () => {
    expect(parseAnswer('{"type":"news","timeLeftMs":1}')).toBe('unknown');
    expect(parseAnswer('{"type":"toString"}')).toBe('unknown');
  });

  it('refuses what is not earshot.v1, and a message without the numbers it needs', () => {
    for (const text of ['', 'hello', '[]', 'null', '7', '{}', '{"type":1}']) {
      expect(parseAnswer(text)).toBeUndefined();
    }
    for (const windowMs of [undefined, null, '5', -1]) {
      expect(parseAnswer(JSON.stringify({ ...READY, windowMs }))).toBeUndefined();
    }
  });

  it('throws for no text at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        parseAnswer(text);
      }),
    );
  });
});
