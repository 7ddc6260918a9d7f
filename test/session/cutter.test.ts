import { describe, expect, it } from 'vitest';
import { ScriptedRecognizer } from '../fakes/scripted-recognizer.ts';
import type { RigOptions } from '../fakes/session-rig.ts';
import { SessionRig } from '../fakes/session-rig.ts';

const ROTATION = { softMs: 240_000, jitterMs: 0, hardMs: 290_000 };
const NONE = { pause: 0, hard: 0, plain: 0, finalize: 0, idle: 0, stall: 0, finish: 0 };

/** A recognizer whose words have times, or none, and whose streams are replaced by age. */
function rigOf(wordMs: number | undefined): SessionRig {
  const recognizer: RigOptions['recognizer'] = (clock) =>
    Object.assign(new ScriptedRecognizer(clock, { latencyMs: 50, wordMs }), { rotation: ROTATION });
  return new SessionRig({ recognizer });
}

describe('Cutter', () => {
  it('cuts where the device asks, and where nothing comes', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.speak(1_000);
    phone.say({ type: 'finalize' });
    await phone.speak(1_000);
    await rig.clock.advance(9_000);
    expect(rig.metrics.cuts).toEqual({ ...NONE, finalize: 1, idle: 1 });
  });

  it('takes no word for whole that a phone was saying when nothing came any more', async () => {
    const rig = rigOf(400);
    const phone = rig.start();
    await phone.speak(1_000);
    await rig.clock.advance(10_000);
    expect(rig.metrics.cuts).toEqual({ ...NONE, stall: 1 });
    expect(phone.last('final')).toMatchObject({ start: 0, end: 800, text: '0 400' });
    expect([rig.slots.used, rig.metrics.streams.start]).toEqual([0, 1]);
    // What is unsettled isn't worth a stream before more comes.
    await rig.clock.advance(20_000);
    expect(rig.metrics.streams.start).toBe(1);
    await phone.speak(200);
    await phone.rest(1_000);
    expect(rig.scripted.streams).toHaveLength(0);
    expect(phone.last('final')).toMatchObject({ result: 2, start: 800, end: 1_200 });
    expect(rig.metrics.streams.start).toBe(2);
  });

  it('hears the end of what a phone said before it stalled once it is finished', async () => {
    const rig = rigOf(400);
    const phone = rig.start();
    await phone.speak(1_000);
    await rig.clock.advance(10_000);
    phone.say({ type: 'finish' });
    await rig.clock.advance(1_000);
    expect(phone.last('final')).toMatchObject({ result: 2, start: 800, end: 1_000 });
    expect(phone.last('summary')).toMatchObject({ transcribedMs: 1_000, streams: 2 });
  });

  it('takes the end of the audio for the end of a word where words have no times', async () => {
    const rig = rigOf(undefined);
    const phone = rig.start();
    await phone.speak(1_000);
    await phone.rest(800);
    await phone.speak(1_000);
    await rig.clock.advance(10_000);
    expect(rig.metrics.cuts).toEqual({ ...NONE, idle: 1 });
    expect(phone.last('final')).toMatchObject({ start: 1_800, end: 2_800 });
  });

  it('cuts in the middle of speech for a device that is lost, where words have times', async () => {
    const rig = rigOf(250);
    const phone = rig.start();
    await phone.speak(1_000);
    await phone.rest(800);
    await phone.speak(3_000);
    phone.line.lost();
    await rig.clock.advance(1_000);
    expect(rig.metrics.cuts).toEqual({ ...NONE, hard: 1 });
    expect(rig.metrics.audioSeconds.transcribed).toBeGreaterThan(1);
    expect(rig.metrics.audioSeconds.transcribed).toBeLessThan(4);
  });

  it.each([undefined, 250])(
    'cuts no word for a device that is lost where nobody knows of word times (%s)',
    async (wordMs) => {
      const rig = rigOf(wordMs);
      const phone = rig.start();
      // No final has come that could tell.
      await phone.speak(3_000);
      phone.line.lost();
      expect(rig.slots.used).toBe(0);
      await rig.clock.advance(1_000);
      expect(rig.metrics.cuts).toEqual(NONE);
      expect(rig.metrics.audioSeconds.transcribed).toBe(0);
    },
  );
});
