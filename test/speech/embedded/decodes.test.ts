import { describe, expect, it } from 'vitest';
import { newHearingsRig, silence, voice } from '../../fakes/scripted-engine.ts';

describe('Decodes', () => {
  it('never has more decodes in flight than allowed, nor two of one stream', async () => {
    const { engine, open, hear } = newHearingsRig(2);
    for (const id of [1, 2, 3]) open(id, { interim: false });
    for (const id of [1, 2, 3])
      await hear(id, voice(500), silence(1_000), voice(500), silence(1_000));
    expect(engine.decodes).toHaveLength(2);
    await engine.decodes[0]?.answer('one');
    expect(engine.decodes).toHaveLength(2);
    await engine.decodes[0]?.answer('two');
    await engine.decodes[0]?.answer('three');
    expect(engine.decodes.length).toBeLessThanOrEqual(2);
  });

  it('decodes finals before interims, the one that waits longest first', async () => {
    const { engine, open, hear, told } = newHearingsRig(1);
    for (const id of [1, 2, 3]) open(id);
    await hear(1, voice(1_000));
    await hear(2, voice(1_000));
    await hear(3, voice(1_000), silence(1_000));
    await hear(2, silence(1_000));
    expect(engine.decodes).toMatchObject([{ kind: 'interim' }]);
    await engine.decodes[0]?.answer('one');
    await engine.decodes[0]?.answer('three');
    await engine.decodes[0]?.answer('two');
    expect(told().filter((line) => !line.includes('silence'))).toEqual([
      '1 interim one',
      '3 final three',
      '2 final two',
    ]);
  });

  it('decodes interims with all places but one, so that a final starts at once', async () => {
    const { engine, open, hear, ask } = newHearingsRig(2);
    for (const id of [1, 2]) open(id);
    for (const id of [1, 2]) await hear(id, voice(1_000));
    for (const text of ['one', 'two']) await engine.decodes[0]?.answer(text);
    for (const id of [1, 2]) await hear(id, voice(1_500));
    expect(engine.decodes).toHaveLength(1);
    await ask(2, 'finish');
    expect(engine.decodes).toMatchObject([{ kind: 'interim' }, { kind: 'final' }]);
  });

  it('makes interims rarer the more streams speak', async () => {
    const { engine, open, hear } = newHearingsRig(1);
    for (const id of [1, 2, 3, 4]) open(id);
    for (const id of [1, 2, 3, 4]) await hear(id, voice(1_000));
    for (const text of ['a', 'b', 'c', 'd']) await engine.decodes[0]?.answer(text);
    await hear(1, voice(1_500));
    expect(engine.decodes).toEqual([]);
    await hear(1, voice(1_000));
    expect(engine.decodes).toHaveLength(1);
  });

  it('ends a stream with a fault when its decode fails, and serves the others', async () => {
    const { engine, open, hear, told } = newHearingsRig(1);
    open(1, { interim: false });
    open(2, { interim: false });
    await hear(1, voice(1_024), silence(800));
    await hear(2, voice(1_024), silence(800));
    await engine.decodes[0]?.fail('no memory');
    await engine.decodes[0]?.answer('hello');
    expect(told()).toEqual(['1 end a decode failed: no memory', '2 final hello', '2 silence 1324']);
  });
});
