import { describe, expect, it } from 'vitest';
import { Starts } from '../../src/speech/starts.ts';
import { ScriptedRecognizer } from '../fakes/scripted-recognizer.ts';
import { SessionRig } from '../fakes/session-rig.ts';

const ROTATION = { softMs: 10_000, jitterMs: 0, hardMs: 15_000 };

function rigOf(rotation: typeof ROTATION | undefined, startsPerMinuteMax?: number): SessionRig {
  return new SessionRig({
    overlapsMax: 1,
    recognizer: (clock) => {
      const recognizer = new ScriptedRecognizer(clock, { latencyMs: 50 });
      const starts = new Starts(clock, startsPerMinuteMax);
      return Object.assign(recognizer, { starts }, rotation === undefined ? {} : { rotation });
    },
  });
}

function streamsOf({ metrics }: SessionRig): number {
  return Object.values(metrics.streams).reduce((sum, count) => sum + count, 0);
}

describe('Ageing', () => {
  it('replaces no stream of a recognizer that has no policy', async () => {
    const rig = rigOf(undefined);
    const phone = rig.start();
    for (let n = 0; n < 10; n++) {
      await phone.speak(5_000);
      await phone.rest(1_000);
    }
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 0, retry: 0 });
  });

  it('replaces an old stream at the next pause, and says so in its acks', async () => {
    const rig = rigOf(ROTATION);
    const phone = rig.start();
    await phone.speak(11_000);
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 0, retry: 0 });
    await phone.rest(600);
    await phone.speak(500);
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 1, retry: 0 });
    expect(phone.last('ack')).toMatchObject({ streams: 2 });
  });

  it('replaces it in the middle of speech when there is no pause', async () => {
    const rig = rigOf(ROTATION);
    const phone = rig.start();
    await phone.speak(14_800);
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 0, retry: 0 });
    await phone.speak(1_000);
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 1, retry: 0 });
  });

  it('cuts no stream in the middle of speech that has heard hardly anything', async () => {
    const rig = rigOf(ROTATION);
    const phone = rig.start();
    for (let n = 0; n < 9; n++) {
      await phone.speak(100);
      await rig.clock.advance(1_900);
    }
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 0, retry: 0 });
    await phone.speak(1_500);
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 1, retry: 0 });
  });

  it('replaces it in no pause while no start is left, but does when it is too old', async () => {
    const rig = rigOf(ROTATION, 2);
    rig.recognizer.starts?.take();
    await rig.clock.advance(30_000);
    const phone = rig.start();
    await phone.speak(11_000);
    await phone.rest(600);
    await phone.speak(500);
    expect([streamsOf(rig), rig.slots.used]).toEqual([1, 1]);
    await phone.speak(4_000);
    expect([streamsOf(rig), rig.slots.used]).toEqual([1, 0]);
    expect(phone.last('queued')).toMatchObject({ position: 1 });
    await phone.speak(16_000);
    expect([streamsOf(rig), rig.slots.used]).toEqual([2, 1]);
    expect(phone.last('queued')).toMatchObject({ position: 0 });
    phone.say({ type: 'finish' });
    await rig.clock.advance(12_000);
    expect(phone.last('summary')).toMatchObject({ receivedMs: 32_100, streams: 2 });
    expect(phone.all('gap')).toEqual([]);
  });
});
