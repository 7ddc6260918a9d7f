import { describe, expect, it } from 'vitest';
import { Counts } from '../../src/fleet/counts.ts';
import { Metrics, SUPERVISOR } from '../../src/metrics.ts';

/** The value of a series, with its labels as in the text format. */
async function seen(counts: Counts, series: string): Promise<number> {
  const text = await counts.text();
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  if (line === undefined) throw new Error(`there is no series ${series}`);
  return Number(line.slice(series.length));
}

/** A worker that has received audio, and settled some of it. */
function worker(receivedSeconds: number, transcribed: number): Metrics {
  const metrics = new Metrics();
  metrics.workers = 1;
  metrics.receivedSeconds = receivedSeconds;
  metrics.audioSeconds.transcribed = transcribed;
  metrics.live = () => ({ unsettled: receivedSeconds - transcribed, lag: 0, lagMax: 0 });
  metrics.sessions.open = 2;
  metrics.final.observe(0.3);
  return metrics;
}

const RECEIVED = 'earshot_audio_received_seconds_total';
const RELEASED = 'earshot_audio_seconds_total{fate="released"}';
const UNSETTLED = 'earshot_audio_unsettled_seconds';

describe('Counts', () => {
  it('adds up what all workers and the supervisor have counted', async () => {
    const own = new Metrics({ worker: SUPERVISOR, google: true, tls: true });
    own.workerDeaths = 3;
    const counts = new Counts(own, 2);
    counts.took(0, worker(10, 4).snapshot());
    counts.took(1, worker(5, 5).snapshot());
    expect(counts.sessions).toBe(4);
    expect(await seen(counts, RECEIVED)).toBe(15);
    expect(await seen(counts, UNSETTLED)).toBe(6);
    expect(await seen(counts, 'earshot_workers')).toBe(2);
    expect(await seen(counts, 'earshot_worker_deaths_total')).toBe(3);
    expect(await seen(counts, 'earshot_final_latency_seconds_bucket{le="0.5"}')).toBe(2);
  });

  it('keeps the counters of a worker that died, not its gauges, and books what it held as released', async () => {
    const counts = new Counts(new Metrics(), 2);
    counts.took(0, worker(10, 4).snapshot());
    counts.took(1, worker(5, 5).snapshot());
    counts.died(0);
    expect(counts.sessions).toBe(2);
    expect(await seen(counts, 'earshot_workers')).toBe(1);
    expect(await seen(counts, RECEIVED)).toBe(15);
    expect(await seen(counts, RELEASED)).toBe(6);
    expect(await seen(counts, UNSETTLED)).toBe(0);
    expect(await seen(counts, 'earshot_final_latency_seconds_count')).toBe(2);
  });

  it('never lets a sum fall by a bit, whoever dies and comes', async () => {
    const counts = new Counts(new Metrics(), 3);
    let last = 0;
    for (let round = 1; round < 30; round += 1) {
      counts.took(round % 3, worker(0.1 * round, 0.1 * round).snapshot());
      const before = await seen(counts, RECEIVED);
      expect(before).toBeGreaterThanOrEqual(last);
      counts.died(round % 3);
      last = await seen(counts, RECEIVED);
      expect(last).toBe(before);
    }
  });

  it('says that a breaker is open when one is, not how many', async () => {
    const counts = new Counts(new Metrics(), 2);
    for (const post of [0, 1]) {
      const metrics = new Metrics();
      metrics.breakerOpen = () => true;
      counts.took(post, metrics.snapshot());
    }
    expect(await seen(counts, 'earshot_breaker_open')).toBe(1);
  });
});
