import { describe, expect, it } from 'vitest';
import { Gate } from '../../src/session/gate.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { ScriptedRecognizer } from '../fakes/scripted-recognizer.ts';

describe('Gate', () => {
  it('is open until it is closed for a time', async () => {
    const clock = new FakeClock();
    const gate = new Gate(new ScriptedRecognizer(clock), clock);
    expect([gate.waits, gate.pass()]).toEqual([false, true]);
    gate.close(1_000);
    await clock.advance(999);
    expect(gate.waits).toBe(true);
    await clock.advance(1);
    expect(gate.waits).toBe(false);
  });

  it('lets through what the recognizer may open, as no retry', () => {
    const clock = new FakeClock();
    const asked: boolean[] = [];
    const mayOpen = (isRetry: boolean): boolean => {
      asked.push(isRetry);
      return asked.length > 1;
    };
    const gate = new Gate(Object.assign(new ScriptedRecognizer(clock), { mayOpen }), clock);
    expect([gate.pass(), gate.pass()]).toEqual([false, true]);
    expect(asked).toEqual([false, false]);
  });
});
