/**
 * The client's tape beside a server that counts as the protocol says, for any use of both.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tape } from '../../src/client/tape.ts';

const RATE = 8_000;
const PER_MS = RATE / 1000;
const STORE_MS = 1_500;
const FRAME_MS_MAX = 250;

type Step =
  | { readonly do: 'write'; readonly ms: number }
  | { readonly do: 'finalize' }
  | { readonly do: 'gap'; readonly ms: number }
  | { readonly do: 'ack'; readonly share: number; readonly windowMs: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), ms: fc.nat(400) }) },
    { weight: 1, arbitrary: fc.constant({ do: 'finalize' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('gap' as const),
        ms: fc.integer({ min: 1, max: 99 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('ack' as const),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        windowMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 900 })),
      }),
    },
  ),
  { maxLength: 80 },
);

/** A server that counts as the protocol says, and a record of what was written and of what came. */
class Model {
  readonly tape = new Tape({ encoding: 'LINEAR16', sampleRateHertz: RATE, storeMs: STORE_MS });
  /** ms of audio by number - 1; a gap has none. */
  readonly numbered: number[] = [];
  readonly written: (number | 'finalize' | { readonly gap: number })[] = [];
  readonly came: (number | 'finalize' | { readonly gap: number })[] = [];
  received = 0;
  #windowMs = 300;
  #nextMs = 0;

  constructor() {
    this.tape.renew(
      {
        frame: 1,
        windowMs: this.#windowMs,
        maxFrameMs: FRAME_MS_MAX,
        maxFrameBytes: 65_536,
      },
      0,
    );
  }

  run(step: Step): void {
    if (step.do === 'write') {
      // Each millisecond of audio carries its own number, so that its place can be told.
      const audio = new Int16Array(step.ms * PER_MS);
      for (let i = 0; i < step.ms; i++) {
        audio.fill(this.#nextMs, i * PER_MS, (i + 1) * PER_MS);
        this.written.push(this.#nextMs);
        this.#nextMs += 1;
      }
      if (step.ms > 0) this.tape.append(new Uint8Array(audio.buffer));
    } else if (step.do === 'finalize') {
      this.written.push('finalize');
      this.tape.mark('finalize');
    } else if (step.do === 'gap') {
      this.written.push({ gap: step.ms });
      this.tape.gap(step.ms);
    } else {
      this.received += Math.floor(step.share * (this.numbered.length - this.received));
      this.#windowMs = step.windowMs;
      this.tape.acknowledge(this.received, step.windowMs);
      this.tape.settle(Math.floor(this.received * step.share));
    }
    this.pump();
  }

  flush(): void {
    for (let i = 0; i < 1_000; i++) this.run({ do: 'ack', share: 1, windowMs: 900 });
  }

  pump(): void {
    for (let item = this.tape.take(); item !== undefined; item = this.tape.take()) {
      if (item instanceof Uint8Array) this.#onFrame(item);
      else if (item.type === 'gap') this.#onGap(item.ms, item.frames);
      else this.came.push('finalize');
    }
    this.tape.trim();
  }

  #onFrame(audio: Uint8Array): void {
    const ms = audio.byteLength / 2 / PER_MS;
    const outstandingMs = this.numbered.slice(this.received).reduce((sum, n) => sum + n, 0);
    expect(this.#windowMs).toBeGreaterThan(0);
    expect(ms).toBeLessThanOrEqual(FRAME_MS_MAX);
    if (outstandingMs > 0) expect(outstandingMs + ms).toBeLessThanOrEqual(this.#windowMs);
    this.numbered.push(ms);
    const samples = new Int16Array(audio.slice().buffer);
    for (let i = 0; i < samples.length; i += PER_MS) this.came.push(samples[i] ?? -1);
  }

  #onGap(ms: number, frames: number): void {
    for (let i = 0; i < frames; i++) this.numbered.push(0);
    this.came.push({ gap: ms });
  }
}

type Run = { before: number; gapMs: number; finalized: boolean };

/** What stands between the audio that came: gaps with what was lost, and whether there is a cut. */
function runsOf(items: Model['came'], kept: ReadonlySet<number>): Run[] {
  const runs: Run[] = [];
  let run: Run = { before: -1, gapMs: 0, finalized: false };
  for (const item of items) {
    if (item === 'finalize') run.finalized = true;
    else if (typeof item === 'object') run.gapMs += item.gap;
    else if (!kept.has(item)) run.gapMs += 1;
    else {
      runs.push({ ...run, before: item });
      run = { before: -1, gapMs: 0, finalized: false };
    }
  }
  return [...runs, run];
}

describe('Tape, for any use', () => {
  it('never has more than the window outstanding, and declares exactly what it dropped where it was', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const model = new Model();
        for (const step of all) model.run(step);
        model.flush();
        const kept = new Set(model.came.filter((item) => typeof item === 'number'));
        expect(runsOf(model.came, kept)).toEqual(runsOf(model.written, kept));
      }),
      { numRuns: 300 },
    );
  });

  it('never holds more unsent audio than its bound', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const model = new Model();
        for (const step of all) {
          model.run(step);
          expect(model.tape.unsentMs).toBeLessThanOrEqual(STORE_MS);
        }
      }),
    );
  });
});
