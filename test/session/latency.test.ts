import { describe, expect, it } from 'vitest';
import { Latency } from '../../src/session/latency.ts';
import { BookedTape, finalOf } from '../fakes/booked-tape.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

async function rig() {
  const clock = new FakeClock();
  const booked = new BookedTape();
  const seen: string[] = [];
  const watch = (name: string) => ({ observe: (s: number) => seen.push(`${name} ${s}`) });
  const metrics = {
    firstInterim: watch('first'),
    interim: watch('interim'),
    final: watch('final'),
  };
  const latency = new Latency(metrics, booked.tape, clock);
  booked.frame(100, 0);
  booked.frame(100, 1_000);
  await clock.advance(1_500);
  return { clock, latency, seen };
}

const INTERIM = { startSample: 120, endSample: 180, text: 'a' };

describe('Latency', () => {
  it('counts from when the audio came: for an utterance its beginning, for an interim and a final its end', async () => {
    const { latency, seen } = await rig();
    latency.interim(INTERIM);
    latency.final(finalOf(50, 100));
    latency.final(finalOf(120, 180));
    expect(seen).toEqual(['interim 0.5', 'first 0.5', 'final 1.5', 'final 0.5']);
  });

  it('counts the first interim of an utterance only', async () => {
    const { latency, seen } = await rig();
    latency.interim({ ...INTERIM, startSample: 0, endSample: 50 });
    latency.interim({ ...INTERIM, startSample: 0, endSample: 90 });
    latency.final(finalOf(0, 100));
    latency.interim(INTERIM);
    const first = seen.filter((each) => !each.startsWith('interim'));
    expect(first).toEqual(['first 1.5', 'final 1.5', 'first 0.5']);
  });

  it('counts nothing of audio that the tape has forgotten', () => {
    const metrics = { firstInterim: fail(), interim: fail(), final: fail() };
    const latency = new Latency(metrics, new BookedTape().tape, new FakeClock());
    latency.interim(INTERIM);
    latency.final(finalOf(0, 100));
  });
});

function fail() {
  return {
    observe: (): void => {
      throw new Error('something was observed');
    },
  };
}
