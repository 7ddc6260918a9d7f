import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Caller, verdictOn } from '../fakes/caller.ts';
import { ScriptedRecognizer } from '../fakes/scripted-recognizer.ts';
import { expectBalance, expectEmpty } from '../fakes/session-end.ts';
import { SessionRig } from '../fakes/session-rig.ts';

const MS = fc.integer({ min: 10, max: 100 });
/** When the server notices that a socket is gone: before the next one comes, or not until it has. */
const NOTICES = fc.constantFrom('before' as const, 'after' as const, 'never' as const);
const STEP = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('sound' as const, 'silence' as const),
      frames: fc.integer({ min: 1, max: 30 }),
      ms: MS,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('resume' as const),
      on: fc.nat(1),
      afterMs: fc.constantFrom(0, 20, 700, 4_000, 6_000, 35_000),
      notices: NOTICES,
      tells: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('gap' as const), ms: MS, frames: MS }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('finalize' as const, 'seen' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('error' as const) }) },
  // So long nothing arrives from the server: what it says then is lost with the socket.
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('deafen' as const, 'listen' as const) }),
  },
);
type Step = typeof STEP extends fc.Arbitrary<infer S> ? S : never;

const RUNS = 60;
/** Frames that say one word: up to 300 ms. */
const WORD_FRAMES = 3;
const ROTATION = { softMs: 240_000, jitterMs: 0, hardMs: 290_000 };

function rigsOf(spells: 'text' | 'words'): [SessionRig, SessionRig] {
  const recognizer = (clock: SessionRig['clock']): ScriptedRecognizer => {
    const scripted = new ScriptedRecognizer(clock, { latencyMs: 130, spells });
    return spells === 'text' ? scripted : Object.assign(scripted, { rotation: ROTATION });
  };
  const here = new SessionRig({ recognizer, overlapsMax: 1 });
  const options = { recognizer, overlapsMax: 1, clock: here.clock, holder: 'there' };
  return [here, new SessionRig(options)];
}

class Run {
  readonly rigs: readonly [SessionRig, SessionRig];
  readonly caller: Caller;
  #hears = true;
  #sinceMs = 0;
  #word = 0;

  constructor(spells: 'text' | 'words') {
    this.rigs = rigsOf(spells);
    this.caller = new Caller(this.rigs[0], { words: spells === 'words' });
  }

  get #name(): string {
    return this.caller.phone.last('ready')?.session ?? '';
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'sound':
      case 'silence':
        for (let n = 0; n < step.frames; n++) {
          if (n % WORD_FRAMES === 0) this.#word += 1;
          // The last frame ends in silence: so utterances end within frames.
          const soundMs = n === step.frames - 1 ? Math.ceil(step.ms / 3) : step.ms;
          this.caller.audio(step.ms, step.do === 'sound' ? this.#word : 0, soundMs);
          await this.pass(step.ms);
        }
        break;
      case 'gap':
        this.caller.gap(step.ms, step.frames);
        break;
      case 'finalize':
        this.caller.mark('finalize');
        break;
      case 'seen':
        this.caller.seen();
        break;
      case 'deafen':
      case 'listen':
        this.#hears = step.do === 'listen';
        break;
      case 'error':
        this.caller.rig.registry.find(this.#name)?.end({ code: 'overloaded', message: 'no room' });
        await this.resume(this.rigs[0], 'before', true);
        break;
      case 'resume':
        await this.lose(step);
    }
    await this.pass(20);
  }

  async lose(step: Step & { do: 'resume' }): Promise<void> {
    const rig = this.rigs[step.on] ?? this.rigs[0];
    if (step.notices === 'before') this.caller.phone.line.lost();
    await this.rigs[0].clock.advance(step.afterMs);
    await this.resume(rig, step.notices, step.tells);
  }

  async resume(rig: SessionRig, notices: string, tells: boolean): Promise<void> {
    const { phone: old, rig: from } = this.caller;
    this.caller.resume(rig);
    this.#hears = true;
    this.#sinceMs = 0;
    if (notices === 'after') old.line.lost();
    if (tells && from !== rig) from.registry.release(this.#name);
    await this.pass(20);
  }

  /** A socket that is deaf for long would be given up by any client. */
  async pass(ms: number): Promise<void> {
    this.caller.send();
    this.caller.arrive();
    await this.rigs[0].clock.advance(ms);
    this.#sinceMs = this.#hears ? 0 : this.#sinceMs + ms;
    if (this.#sinceMs > 3_000) await this.resume(this.caller.rig, 'after', true);
    if (this.#hears) this.caller.hear();
    this.check();
  }

  check(): void {
    for (const { metrics, slots, overlaps } of this.rigs) {
      expect(metrics.unsettledSeconds()).toBeGreaterThanOrEqual(0);
      expect(slots.used).toBeLessThanOrEqual(2);
      expect(overlaps.used).toBeLessThanOrEqual(1);
    }
  }

  async finish(): Promise<void> {
    this.#hears = true;
    this.caller.mark('finish');
    for (let n = 0; n < 600 && !this.caller.isOver; n++) await this.pass(100);
    await this.rigs[0].clock.advance(61_000);
  }
}

describe.each(['text', 'words'] as const)(
  'A client that keeps to the protocol, of a recognizer that tells %s',
  (spells) => {
    it('loses and doubles nothing, on whichever process and however often it resumes', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(STEP, { minLength: 5, maxLength: 40 }), async (steps) => {
          const run = new Run(spells);
          for (const step of steps) await run.take(step);
          await run.finish();
          expect(verdictOn(run.caller)).toEqual([]);
          expectBalance(run.caller.phone.last('summary'));
          for (const rig of run.rigs) await expectEmpty(rig);
        }),
        { numRuns: RUNS },
      );
    });
  },
);
