import { describe, expect, it } from 'vitest';
import type { Heard } from '../../../src/speech/embedded/intake.ts';
import { Intake } from '../../../src/speech/embedded/intake.ts';
import { ScriptedEngine, silence, voice } from '../../fakes/scripted-engine.ts';

const RATE = 16_000;

function newRig(encoding: 'LINEAR16' | 'MULAW' = 'LINEAR16') {
  const engine = new ScriptedEngine(1);
  const config = { encoding, sampleRateHertz: RATE, interim: true };
  const intake = new Intake(config, engine.voices, engine.newResampler);
  const heard: Heard[] = [];
  return {
    engine,
    intake,
    pump: () => intake.pump((outcome) => heard.push(outcome)),
    /** Pumps until nothing waits. */
    pumpAll(): Heard[] {
      while (intake.waits) intake.pump((outcome) => heard.push(outcome));
      return heard;
    },
  };
}

describe('Intake', () => {
  it('takes 200 ms at a time, in whole samples, and says how many bytes', () => {
    const { intake, pump } = newRig();
    intake.put(silence(500));
    expect([pump(), pump(), pump(), pump()]).toEqual([6_400, 6_400, 3_200, 0]);
    expect([intake.waits, intake.taken]).toEqual([false, 8_000]);
  });

  it('takes as much time of an encoding with one byte a sample', () => {
    const { intake, pump } = newRig('MULAW');
    intake.put(new Uint8Array(8_000));
    expect(pump()).toBe(3_200);
  });

  it('gives a segment with its samples, and a silence without', () => {
    const { intake, pumpAll } = newRig();
    intake.put(Buffer.concat([silence(1_024), voice(512), silence(1_024)]));
    const heard = pumpAll();
    const segment = heard.find(({ kind }) => kind === 'segment');
    // 500 ms before the voice, 200 ms after it.
    expect(segment).toMatchObject({ start: 524 * 16, end: 1_736 * 16 });
    expect(segment?.samples).toHaveLength(1_212 * 16);
    expect(segment?.samples[500 * 16 - 1]).toBe(0);
    expect(segment?.samples[500 * 16]).toBeGreaterThan(0);
    expect(heard.filter(({ kind, samples }) => kind === 'silence' && samples.length > 0)).toEqual(
      [],
    );
  });

  it('hears an endpoint at its place between chunks', () => {
    const { intake, pumpAll } = newRig();
    intake.put(voice(512));
    intake.put('endpoint');
    intake.put(silence(256));
    intake.put(voice(512));
    expect(pumpAll()).toMatchObject([{ kind: 'segment', start: 0, end: 712 * 16 }]);
    expect(intake.draft).toMatchObject({ start: 712 * 16, voiceStart: 768 * 16 });
  });

  it('settles all at finish(), also what is shorter than a window, and gives its detector back', () => {
    const { engine, intake, pump, pumpAll } = newRig();
    intake.put(silence(100));
    intake.put('finish');
    pump();
    expect(engine.voicesTaken).toBe(1);
    expect(pumpAll()).toMatchObject([{ kind: 'silence', start: 0, end: 1_600 }]);
    expect(engine.voicesTaken).toBe(0);
  });

  it('takes a detector with the first window, not before', () => {
    const { engine, intake, pump } = newRig();
    intake.put(silence(31));
    pump();
    expect(engine.voicesTaken).toBe(0);
  });

  it('forgets what waits when it is closed', () => {
    const { engine, intake, pump } = newRig();
    intake.put(silence(500));
    pump();
    intake.close();
    expect([intake.waits, engine.voicesTaken]).toEqual([false, 0]);
  });
});
