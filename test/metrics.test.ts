import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scope, Snapshot } from '../src/metrics.ts';
import {
  AUDIO_FATES,
  CONTENT_TYPE,
  CUTS,
  Metrics,
  RESUMES,
  remainsOf,
  SERIES,
  SESSION_STATES,
  STREAM_CAUSES,
  STREAM_ENDS,
  SUPERVISOR,
  sum,
  textOf,
  totalOf,
} from '../src/metrics.ts';
import { CLOSE } from '../src/wire/close.ts';

/** Every sample of the text format: `name{labels}` and its value. */
async function samplesOf(metrics: Metrics): Promise<Map<string, number>> {
  const samples = new Map<string, number>();
  for (const line of (await metrics.text()).split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, series, value] =
      /^([a-z_]+(?:\{(?:[a-z_]+="[^"\\\n]*",?)+\})?) (\S+)$/.exec(line) ?? [];
    if (series === undefined || Number.isNaN(Number(value))) throw new Error(`no sample: ${line}`);
    expect(samples.has(series)).toBe(false);
    samples.set(series, Number(value));
  }
  return samples;
}

const VITALS = { cpuSeconds: 1, residentBytes: 2, heapBytes: 3, busySeconds: 4 };

describe('Metrics', () => {
  it('has every series before its first event, at 0', async () => {
    const samples = await samplesOf(new Metrics());
    const labelled = [
      ...SESSION_STATES.map((state) => `earshot_sessions{state="${state}"}`),
      ...[...Object.keys(CLOSE), 'finished', 'lost'].map(
        (code) => `earshot_session_ends_total{code="${code}"}`,
      ),
      ...RESUMES.map((word) => `earshot_resumes_total{result="${word}"}`),
      ...AUDIO_FATES.map((fate) => `earshot_audio_seconds_total{fate="${fate}"}`),
      ...STREAM_CAUSES.map((cause) => `earshot_streams_total{cause="${cause}"}`),
      ...CUTS.map((how) => `earshot_stream_cuts_total{how="${how}"}`),
      ...STREAM_ENDS.map((words) => {
        const [code, word] = words.split(' ');
        return `earshot_google_stream_ends_total{code="${code}",class="${word}"}`;
      }),
    ];
    for (const series of labelled) expect(samples.get(series), series).toBe(0);
    for (const [series, value] of samples) expect(value, series).toBe(0);
    for (const { name, type } of SERIES) {
      if (type === 'histogram') expect(samples.get(`${name}_count`) ?? 0, name).toBe(0);
    }
  });

  it('tells of every series what it is, and what kind', async () => {
    const metrics = new Metrics();
    const text = await metrics.text();
    const described = (word: string): string[] =>
      [...text.matchAll(new RegExp(`^# ${word} (\\S+) .+$`, 'gm'))].map(([, name]) => name ?? '');
    const series = [...(await samplesOf(metrics)).keys()].map((name) =>
      name.replace(/\{.*$/, '').replace(/_seconds_(?:bucket|sum|count)$/, '_seconds'),
    );
    expect(new Set(described('HELP'))).toEqual(new Set(series));
    expect(described('TYPE')).toEqual(described('HELP'));
    for (const name of series) expect(name).toMatch(/^earshot_[a-z]+/);
    expect(CONTENT_TYPE).toContain('text/plain');
  });

  it('names its series as Prometheus would: _total counters alone, in base units', () => {
    for (const { name, type } of SERIES) {
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(name).not.toMatch(/_(?:ms|millis|minutes|kb|mb|percent|count|sum|bucket)(?:_|$)/);
    }
    expect(new Set(SERIES.map(({ name }) => name)).size).toBe(SERIES.length);
  });

  it('has nothing of Google where Google does not recognize, nor of workers where there are none', async () => {
    const names = async (scope: Scope): Promise<string[]> =>
      [...(await samplesOf(new Metrics(scope))).keys()].map((name) => name.replace(/\{.*$/, ''));
    const alone = await names({ worker: '0', google: false, tls: false });
    expect(
      alone.filter((name) => /google|breaker|billed|deaths|cpu|build|certificate/.test(name)),
    ).toEqual([]);
    const over = await names({ worker: SUPERVISOR, google: true, tls: true, version: '1.2.3' });
    expect(over).toContain('earshot_worker_deaths_total');
    expect(over).toContain('earshot_build_info');
    expect(over.filter((name) => /worker_sessions|loop_delay|certificate/.test(name))).toEqual([]);
  });

  it('keeps of a worker what it takes of the machine, and sums the rest', async () => {
    const counted = ['0', '1', SUPERVISOR].map((worker) => {
      const vitals = () => VITALS;
      const metrics = new Metrics({ worker, google: true, tls: true, version: '1', vitals });
      metrics.frames = 5;
      metrics.certificateExpiryS = 9 - Number(worker);
      metrics.overload = Number(worker === '1') * 3;
      return metrics;
    });
    const text = await textOf(counted.map((metrics) => metrics.snapshot()));
    for (const worker of ['0', '1', SUPERVISOR]) {
      expect(text).toContain(`earshot_worker_cpu_seconds_total{worker="${worker}"} 1\n`);
      expect(text).toContain(`earshot_worker_resident_memory_bytes{worker="${worker}"} 2\n`);
    }
    expect(text).toContain('earshot_worker_sessions{worker="1"} 0\n');
    expect(text).toContain('earshot_frames_total 15\n');
    expect(text).toContain('earshot_certificate_expiry_timestamp_seconds 8\n');
    expect(text).toContain('earshot_overload_level 3\n');
  });

  it('stays below 2,000 series with as many workers as there may be', () => {
    const scopes = [SUPERVISOR, ...Array.from({ length: 64 }, (_, n) => `${n}`)];
    const snapshots = scopes.map((worker) =>
      new Metrics({
        worker,
        google: true,
        tls: true,
        version: '1',
        vitals: () => VITALS,
      }).snapshot(),
    );
    const series = sum(snapshots).reduce((total, { values }) => total + values.length, 0);
    expect(series).toBeGreaterThan(500);
    expect(series).toBeLessThan(2_000);
  });

  it('shows what was counted, at each scrape as it stands then', async () => {
    const metrics = new Metrics();
    metrics.frames += 3;
    metrics.sessions.open += 2;
    metrics.ends.too_fast += 1;
    metrics.tapeBytes = () => 99;
    metrics.slots = () => ({ limit: 5, used: 4, depth: 3 });
    metrics.streamLimit = () => 6;
    metrics.breakerOpen = () => true;
    metrics.streamEnds['ABORTED routine'] += 2;
    metrics.channels = 7;
    metrics.channelsReplaced += 1;
    metrics.final.observe(2.5);
    for (const frames of [3, 4]) {
      const samples = await samplesOf(metrics);
      expect(samples.get('earshot_frames_total')).toBe(frames);
      expect(samples.get('earshot_sessions{state="open"}')).toBe(2);
      expect(samples.get('earshot_session_ends_total{code="too_fast"}')).toBe(1);
      expect(samples.get('earshot_tape_bytes')).toBe(99);
      expect(samples.get('earshot_slots_limit')).toBe(5);
      expect(samples.get('earshot_slots_used')).toBe(4);
      expect(samples.get('earshot_slot_queue_depth')).toBe(3);
      expect(samples.get('earshot_stream_limit')).toBe(6);
      expect(samples.get('earshot_breaker_open')).toBe(1);
      const ends = 'earshot_google_stream_ends_total{code="ABORTED",class="routine"}';
      expect(samples.get(ends)).toBe(2);
      expect(samples.get('earshot_google_channels')).toBe(7);
      expect(samples.get('earshot_google_channels_replaced_total')).toBe(1);
      // The objective is an edge: what meets it exactly counts as met.
      expect(samples.get('earshot_final_latency_seconds_bucket{le="2"}')).toBe(0);
      expect(samples.get('earshot_final_latency_seconds_bucket{le="2.5"}')).toBe(1);
      metrics.frames += 1;
    }
  });

  it('balances: what is received and has no fate yet is unsettled', async () => {
    const metrics = new Metrics();
    metrics.receivedSeconds = 10;
    metrics.audioSeconds.silent = 4;
    metrics.audioSeconds.overrun = 1;
    // A late final over 3 s of that silence.
    metrics.audioSeconds.transcribed = 3;
    metrics.revisedSeconds = 3;
    expect(metrics.unsettledSeconds()).toBe(5);
    metrics.live = () => ({ unsettled: 5, lag: 4, lagMax: 3 });
    const samples = await samplesOf(metrics);
    expect(samples.get('earshot_audio_unsettled_seconds')).toBe(5);
    expect(samples.get('earshot_audio_lag_seconds')).toBe(4);
    expect(samples.get('earshot_audio_lag_max_seconds')).toBe(3);
  });

  it('has nothing unsettled, and not less, once every frame has its fate', () => {
    const frame = fc.record({
      samples: fc.integer({ min: 1, max: 48_000 }),
      rate: fc.integer({ min: 8_000, max: 48_000 }),
      fate: fc.constantFrom(...AUDIO_FATES),
    });
    fc.assert(
      fc.property(fc.array(frame), (frames) => {
        const metrics = new Metrics();
        for (const { samples, rate } of frames) metrics.receivedSeconds += samples / rate;
        for (const { samples, rate, fate } of [...frames].reverse()) {
          metrics.audioSeconds[fate] += samples / rate;
        }
        expect(metrics.unsettledSeconds()).toBe(0);
      }),
    );
  });

  it('keeps the counts of one process apart from those of another', () => {
    new Metrics().frames += 1;
    expect(new Metrics().frames).toBe(0);
  });

  it('adds up snapshots that went through JSON as the processes would have counted together', async () => {
    const counted = [1, 2].map((seconds) => {
      const metrics = new Metrics();
      metrics.receivedSeconds = seconds;
      metrics.slotWait.observe(seconds);
      return metrics;
    });
    const snapshots = counted.map((metrics) => metrics.snapshot());
    const text = await textOf(JSON.parse(JSON.stringify(snapshots)) as Snapshot[]);
    expect(text).toMatch(/^earshot_audio_received_seconds_total 3$/m);
    expect(text).toMatch(/^earshot_slot_wait_seconds_bucket{le="1"} 1$/m);
    expect(text).toMatch(/^earshot_slot_wait_seconds_count 2$/m);
    expect(await textOf(snapshots)).toBe(await textOf([sum(snapshots)]));
  });

  it('leaves of a process its counters, and books what it held as released', async () => {
    const metrics = new Metrics();
    metrics.receivedSeconds = 5;
    metrics.audioSeconds.silent = 3;
    metrics.audioSeconds.released = 1;
    metrics.live = () => ({ unsettled: 1, lag: 0, lagMax: 0 });
    const remains = remainsOf(metrics.snapshot());
    expect(totalOf(remains, 'earshot_audio_received_seconds_total')).toBe(5);
    expect(totalOf(remains, 'earshot_audio_seconds_total')).toBe(5);
    expect(remains.map(({ name }) => name)).not.toContain('earshot_audio_unsettled_seconds');
    const text = await textOf([remains]);
    expect(text).toMatch(/^earshot_audio_seconds_total{fate="released"} 2$/m);
  });
});
