import { describe, expect, it } from 'vitest';
import { ScriptedRecognizer } from '../fakes/scripted-recognizer.ts';
import type { RigOptions } from '../fakes/session-rig.ts';
import { SessionRig } from '../fakes/session-rig.ts';

const ROTATION = { softMs: 240_000, jitterMs: 0, hardMs: 290_000 };
const NONE = { pause: 0, hard: 0, plain: 0, finalize: 0, idle: 0, finish: 0 };

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
