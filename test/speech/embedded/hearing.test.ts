import { describe, expect, it } from 'vitest';
import { newHearingsRig, silence, voice } from '../../fakes/scripted-engine.ts';

describe('Hearing', () => {
  it('tells a final when its text is known, and what lies behind it after', async () => {
    const { engine, open, hear, told } = newHearingsRig();
    open(1, { interim: false });
    await hear(1, voice(1_024), silence(3_000));
    expect(told()).toEqual([]);
    await engine.decodes[0]?.answer('hello');
    expect(told()).toEqual(['1 final hello', '1 silence 3500']);
  });

  it('decodes a pausing utterance ahead, and takes that text when it ends there', async () => {
    const { engine, open, hear, told } = newHearingsRig();
    open(1, { interim: false });
    await hear(1, voice(1_024), silence(300));
    expect(engine.decodes).toMatchObject([{ kind: 'interim', seconds: 1.224 }]);
    await engine.decodes[0]?.answer('hello');
    expect(told()).toEqual([]);
    await hear(1, silence(500));
    expect(told()).toEqual(['1 final hello', '1 silence 1324']);
    expect(engine.decodes).toEqual([]);
  });

  it('decodes again when the utterance goes on after the pause', async () => {
    const { engine, open, hear, told } = newHearingsRig();
    open(1, { interim: false });
    await hear(1, voice(1_024), silence(300));
    await engine.decodes[0]?.answer('hello');
    await hear(1, voice(1_024), silence(1_000));
    await engine.decodes[0]?.answer('hello again');
    expect(told()[0]).toBe('1 final hello again');
  });

  it('asks for a final where the text ahead is empty, and settles one without text as silence', async () => {
    const { engine, open, hear, told } = newHearingsRig();
    open(1, { interim: false });
    await hear(1, voice(1_024), silence(300));
    await engine.decodes[0]?.answer('');
    await hear(1, silence(500));
    expect(engine.decodes).toMatchObject([{ kind: 'final' }]);
    await engine.decodes[0]?.answer('');
    expect(told()).toEqual(['1 silence 1324']);
  });

  it('tells the first interim of an utterance soon, and the next after a second of speech', async () => {
    const { engine, open, hear, told } = newHearingsRig();
    open(1);
    await hear(1, voice(300));
    expect(engine.decodes).toEqual([]);
    await hear(1, voice(200));
    await engine.decodes[0]?.answer('hel');
    await hear(1, voice(900));
    expect(engine.decodes).toEqual([]);
    await hear(1, voice(200));
    await engine.decodes[0]?.answer('hello');
    expect(told()).toEqual(['1 interim hel', '1 interim hello']);
  });

  it('tries again soon when it makes nothing of a short beginning', async () => {
    const { engine, open, hear, told } = newHearingsRig();
    open(1);
    await hear(1, voice(500));
    await engine.decodes[0]?.answer('');
    await hear(1, voice(300));
    expect(engine.decodes).toEqual([]);
    await hear(1, voice(300));
    await engine.decodes[0]?.answer('hello');
    expect(told()).toEqual(['1 interim hello']);
  });

  it('tells no interim whose utterance has ended meanwhile', async () => {
    const { engine, open, hear, told } = newHearingsRig();
    open(1);
    await hear(1, voice(1_000));
    await hear(1, silence(1_000));
    await engine.decodes[0]?.answer('hel');
    await engine.decodes[0]?.answer('hello');
    expect(told().filter((line) => !line.includes('silence'))).toEqual(['1 final hello']);
  });

  it('tells no interim that says what the last one said', async () => {
    const { engine, open, hear, told } = newHearingsRig();
    open(1);
    await hear(1, voice(1_000));
    await engine.decodes[0]?.answer('hello');
    await hear(1, voice(1_200));
    await engine.decodes[0]?.answer('hello');
    expect(told()).toEqual(['1 interim hello']);
  });

  it('takes no more of a stream with two utterances waiting, and goes on when one is told', async () => {
    const { engine, open, hear, taken } = newHearingsRig(1);
    open(1, { interim: false });
    const utterance = Buffer.concat([voice(500), silence(1_000)]);
    for (let i = 0; i < 5; i += 1) await hear(1, utterance);
    const taken2 = taken();
    expect(taken2).toBeLessThan(4 * utterance.byteLength);
    await engine.clock.advance(1_000);
    expect(taken()).toBe(taken2);
    await engine.decodes[0]?.answer('one');
    await engine.clock.advance(1_000);
    expect(taken()).toBeGreaterThan(taken2);
  });

  it('ends after finish() when all is told, and gives its voice detector back', async () => {
    const { engine, open, hear, ask, told } = newHearingsRig();
    open(1, { interim: false });
    await hear(1, silence(1_024), voice(512));
    await ask(1, 'finish');
    expect(told()).toEqual(['1 silence 524']);
    await engine.decodes[0]?.answer('bye');
    expect(told()).toEqual(['1 silence 524', '1 final bye', '1 end']);
    expect(engine.voicesTaken).toBe(0);
  });
});
