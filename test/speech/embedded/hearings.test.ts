import { describe, expect, it } from 'vitest';
import { newHearingsRig, silence, voice } from '../../fakes/scripted-engine.ts';

describe('Hearings', () => {
  it('tells nothing but the end of an aborted stream, and starts none of its decodes', async () => {
    const { engine, open, hear, ask, told } = newHearingsRig(1);
    open(1, { interim: false });
    await hear(1, voice(500), silence(1_000), voice(500), silence(1_000));
    await ask(1, 'abort');
    await engine.decodes[0]?.answer('one');
    await hear(1, voice(500));
    expect(told()).toEqual(['1 end']);
    expect([engine.decodes.length, engine.voicesTaken]).toEqual([0, 0]);
  });

  it('closes when no decode is in flight', async () => {
    const { engine, hearings, open, hear } = newHearingsRig();
    open(1, { interim: false });
    await hear(1, voice(500), silence(1_000));
    let isClosed = false;
    const closed = hearings.close().then(() => {
      isClosed = true;
    });
    await engine.clock.advance(1_000);
    expect(isClosed).toBe(false);
    await engine.decodes[0]?.answer('hello');
    await closed;
    await newHearingsRig().hearings.close();
  });
});
