import { describe, expect, it } from 'vitest';
import { GoogleWatch } from '../../src/command/google-watch.ts';
import { Metrics, STREAM_ENDS } from '../../src/metrics.ts';
import { FAULT_ROWS, nameOf } from '../../src/speech/google/faults.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeLog } from '../fakes/fake-log.ts';

function newWatch() {
  const metrics = new Metrics();
  const log = new FakeLog();
  const clock = new FakeClock();
  return { metrics, log, clock, watch: new GoogleWatch(metrics, log, clock) };
}

const GONE = { code: 14, text: '502:Bad Gateway', class: 'transient' } as const;

describe('GoogleWatch', () => {
  it('counts every end of a stream by its code and class', () => {
    const { metrics, watch } = newWatch();
    watch.onStreamEnd(GONE);
    watch.onStreamEnd(GONE);
    watch.onStreamEnd({ code: 0, text: '', class: 'finished' });
    watch.onStreamEnd({ code: -1, text: '', class: 'silent' });
    expect(metrics.streamEnds).toMatchObject({
      'UNAVAILABLE transient': 2,
      'OK finished': 1,
      'none silent': 1,
    });
  });

  it('has a series for whatever the fault table makes of a status, for the other ends, and no more', () => {
    const faults = FAULT_ROWS.flatMap(({ codes, class: word }) =>
      codes.map((code) => `${nameOf(code) ?? 'none'} ${word}`),
    );
    // Codes without a row of their own, and ends that are no fault of Google.
    const others = ['ALREADY_EXISTS transient', 'DATA_LOSS transient', 'OK finished'];
    const own = ['aborted', 'silent', 'stalled', 'refused'].map((word) => `none ${word}`);
    expect(new Set<string>(STREAM_ENDS)).toEqual(new Set([...faults, ...others, ...own]));
    expect(STREAM_ENDS).toHaveLength(new Set(STREAM_ENDS).size);
  });

  it('counts a status that gRPC does not have as none', () => {
    const { metrics, watch } = newWatch();
    watch.onStreamEnd({ code: 99, text: '', class: 'transient' });
    expect(metrics.streamEnds['none transient']).toBe(1);
  });

  it("writes faults to the log with Google's words, and not how streams end by themselves", () => {
    const { log, watch } = newWatch();
    watch.onStreamEnd({ code: 0, text: '', class: 'finished' });
    watch.onStreamEnd({ code: 11, text: 'Exceeded maximum', class: 'routine' });
    watch.onStreamEnd({ code: -1, text: '', class: 'aborted' });
    watch.onStreamEnd({ code: -1, text: '', class: 'refused' });
    expect(log.lines).toEqual([]);
    watch.onStreamEnd(GONE);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        fields: { code: 'UNAVAILABLE', class: 'transient', text: '502:Bad Gateway' },
        message: 'a stream of Google failed',
      },
    ]);
  });

  it('writes one line of a kind in 5 s, and how many it left out before', async () => {
    const { log, clock, watch } = newWatch();
    for (let n = 0; n < 1_000; n++) watch.onStreamEnd(GONE);
    watch.onStreamEnd({ code: 13, text: 'reset', class: 'transient' });
    expect(log.lines).toHaveLength(2);
    await clock.advance(4_999);
    watch.onStreamEnd(GONE);
    expect(log.lines).toHaveLength(2);
    await clock.advance(1);
    watch.onStreamEnd(GONE);
    expect(log.lines.at(-1)?.fields).toMatchObject({ code: 'UNAVAILABLE', leftOut: 1_000 });
    await clock.advance(5_000);
    watch.onStreamEnd(GONE);
    expect(log.lines.at(-1)?.fields).not.toHaveProperty('leftOut');
  });

  it('says that the breaker opened, and why, and that it closed', () => {
    const { log, watch } = newWatch();
    watch.onBreakerOpened('Google: no');
    watch.onBreakerClosed();
    expect(log.lines).toMatchObject([
      { level: 'warn', fields: { why: 'Google: no' } },
      { level: 'info' },
    ]);
  });

  it('shows connections as they are, and counts those that were replaced', () => {
    const { metrics, log, watch } = newWatch();
    watch.onChannels(3);
    watch.onChannelReplaced();
    watch.onChannelReplaced();
    expect([metrics.channels, metrics.channelsReplaced]).toEqual([3, 2]);
    expect(log.of('a connection to Google is replaced')).toMatchObject([
      { level: 'warn', fields: { channels: 3 } },
    ]);
  });

  it('observes how long first answers take', async () => {
    const { metrics, watch } = newWatch();
    watch.onFirstAnswer(750);
    const text = await metrics.text();
    expect(text).toContain('earshot_google_first_answer_seconds_bucket{le="0.75"} 1');
    expect(text).toContain('earshot_google_first_answer_seconds_bucket{le="0.5"} 0');
  });

  it('tells who owns the limit of streams what the quota allowed and what it refused', () => {
    const told: string[] = [];
    const quota = { served: () => told.push('served'), refused: () => told.push('refused') };
    const watch = new GoogleWatch(new Metrics(), new FakeLog(), new FakeClock(), quota);
    watch.onServed();
    watch.onStreamEnd(GONE);
    watch.onStreamEnd({ code: 8, text: 'quota', class: 'quota' });
    expect(told).toEqual(['served', 'refused']);
  });
});
