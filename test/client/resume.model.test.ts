/**
 * The client over a model of the server whose links break and whose nodes die, for any schedule.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/client/client.ts';
import type { StreamError } from '../../src/client/problem.ts';
import { randomOf } from '../emulator/random.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import type { Item } from '../fakes/model-holder.ts';
import { audioOf } from '../fakes/model-holder.ts';
import { ModelServer } from '../fakes/model-server.ts';

const SPEECH_MS = 12_000;
const RUN_MS_MAX = 400_000;
/** Timers of the client and of all nodes and links together. */
const TIMERS_MAX = 2_000;

type Written = number | { readonly gap: number };

interface Run {
  readonly written: readonly Written[];
  readonly log: readonly Item[];
  /** Milliseconds that the app saw finals of. */
  readonly finals: readonly number[];
  readonly gapMs: number;
  readonly ends: readonly (StreamError | undefined)[];
  readonly states: ReadonlyMap<string, number>;
  readonly counts: ReadonlyMap<string, number>;
  readonly pending: number;
}

interface Plan {
  readonly seed: number;
  readonly storeMs: number;
  readonly linkMsMax: number;
  readonly outageMsMax: number;
}

/** Speaks for SPEECH_MS in real time, and goes on until the summary has come. */
async function run({ seed, storeMs, linkMsMax, outageMsMax }: Plan): Promise<Run> {
  const clock = new FakeClock();
  const random = randomOf(seed);
  const options = { clock, random, linkMsMax, outageMsMax, calmMs: SPEECH_MS + 10_000 };
  const server = new ModelServer(options);
  const written: Written[] = [];
  const finals: number[] = [];
  const ends: (StreamError | undefined)[] = [];
  const states = new Map<string, number>();
  let gapMs = 0;
  const stream = new Stream(
    {
      url: 'ws://host/v1/stream',
      start: { encoding: 'LINEAR16', sampleRateHertz: 8_000 },
      storeMs,
      onMessage(message) {
        if (message.type === 'final') finals.push(...JSON.parse(message.text));
        if (message.type === 'gap') gapMs += message.end - message.start;
      },
      onState: ({ state }) => states.set(state, (states.get(state) ?? 0) + 1),
      onEnd: (why) => ends.push(why),
    },
    { clock, random, open: server.open },
  );
  let spokenMs = 0;
  while (spokenMs < SPEECH_MS) {
    const ms = 20 + Math.floor(random() * 100);
    await clock.advance(ms);
    stream.write(audioOf(spokenMs, ms));
    for (let i = 0; i < ms; i++) written.push(spokenMs + i);
    spokenMs += ms;
    if (random() < 0.01) {
      stream.gap(30);
      written.push({ gap: 30 });
    }
    if (random() < 0.02) stream.finalize();
    expect(clock.pending).toBeLessThan(TIMERS_MAX);
  }
  stream.finish().catch(() => undefined);
  while (ends.length === 0 && clock.nowMs() < RUN_MS_MAX) await clock.advance(500);
  // Whatever is still said to sockets that were given up, and by nodes that nobody asks any more.
  await clock.advance(1_000);
  const { log, counts } = server;
  return { written, log, finals, gapMs, ends, states, counts, pending: clock.pending };
}

interface Between {
  readonly before: number;
  readonly gapMs: number;
}

/** What lies between the milliseconds of `kept`: how much was lost there. */
function lostBetween(items: readonly Written[], kept: ReadonlySet<number>): Between[] {
  const between: Between[] = [];
  let gapMs = 0;
  for (const item of items) {
    if (typeof item === 'object') gapMs += item.gap;
    else if (!kept.has(item)) gapMs += 1;
    else {
      between.push({ before: item, gapMs });
      gapMs = 0;
    }
  }
  return [...between, { before: -1, gapMs }];
}

function expectWhole({ written, log, finals, gapMs, ends }: Run): void {
  expect(ends).toEqual([undefined]);
  const heard = log.map(({ ms }): Written => (ms === 'gap' ? { gap: 1 } : ms));
  const kept = new Set(heard.filter((item) => typeof item === 'number'));
  expect(heard.filter((item) => typeof item === 'number')).toEqual([...kept]);
  expect(lostBetween(heard, kept)).toEqual(lostBetween(written, kept));
  expect(finals).toEqual(log.flatMap(({ ms, fate }) => (fate === 'final' ? [ms] : [])));
  expect(gapMs).toBe(log.filter(({ fate }) => fate === 'gap').length);
}

describe('Stream, for any schedule of broken links', () => {
  it('has every millisecond heard once and in order, and shows each final and gap once', async () => {
    const plans = fc.record({
      seed: fc.integer({ min: 1, max: 1e9 }),
      storeMs: fc.constantFrom(1_000, 4_000, 90_000),
      linkMsMax: fc.constantFrom(500, 3_000, 10_000),
      outageMsMax: fc.constantFrom(0, 5_000),
    });
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        expectWhole(await run(plan));
      }),
      { numRuns: 60 },
    );
  });

  it('loses nothing at all where the store is long enough', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const all = await run({ seed, storeMs: 90_000, linkMsMax: 2_000, outageMsMax: 3_000 });
      expectWhole(all);
      const numbers = all.written.filter((item) => typeof item === 'number');
      expect(all.log.flatMap(({ ms }) => (ms === 'gap' ? [] : [ms]))).toEqual(numbers);
    }
  });
});
