import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault, Moment } from './faults.ts';
import { FaultPlan, FaultScript } from './faults.ts';
import type { CodeName } from './limits.ts';
import { CODE, ENDS, TEXTS, VERSIONS } from './limits.ts';
import { randomOf } from './random.ts';
import { RATE, Rig } from './rig.ts';
import { speak } from './voice.ts';

/** Two utterances: words 1 2, a final at 1.5 s, words 3 4, a final at 3.3 s. */
const PLAN = [
  { number: 1, ms: 400, pauseMs: 100 },
  { number: 2, ms: 400, pauseMs: 100 },
  { number: 3, ms: 400, pauseMs: 1_000 },
  { number: 4, ms: 300, pauseMs: 100 },
];
const SPEECH = () => speak(PLAN, RATE, 1_200).samples;

function rigWith(what: Fault, when?: Moment): Rig {
  return new Rig({ faults: [{ what, ...(when === undefined ? {} : { when }) }] });
}

describe.each(VERSIONS)('a scripted fault in %s', (version) => {
  const CODES: readonly CodeName[] = [
    'UNAVAILABLE',
    'INTERNAL',
    'RESOURCE_EXHAUSTED',
    'INVALID_ARGUMENT',
    'PERMISSION_DENIED',
    'UNAUTHENTICATED',
    'DEADLINE_EXCEEDED',
    'OUT_OF_RANGE',
    'ABORTED',
  ];

  it.each(CODES)('ends a stream with %s at its opening', async (code) => {
    const rig = rigWith({ kind: 'status', code });
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH());
    expect(heard.messages).toEqual([]);
    expect(heard.ends).toEqual([{ code: CODE[code], text: TEXTS[code], atMs: 10 }]);
    expect(rig.emulator.report()).toMatchObject({ billedMs: 0, ends: { [code]: 1 } });
  });

  it('ends it at an exact place of the audio, and what was not said is lost', async () => {
    const rig = rigWith({ kind: 'status', code: 'UNAVAILABLE' }, { at: 'audio', ms: 2_345 });
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH());
    expect(heard.said).toEqual([1, 2]);
    expect(heard.end).toEqual({ code: 14, text: '502:Bad Gateway' });
    expect(rig.emulator.report()).toMatchObject({ audioMs: 2_345, billedMs: 3_000 });
  });

  it('says a text of its own', async () => {
    const rig = rigWith({ kind: 'status', code: 'INTERNAL', text: 'Oh 100 %' });
    const { heard } = rig.open(version);
    await rig.clock.advance(10);
    expect(heard.end).toEqual({ code: 13, text: 'Oh 100 %' });
  });

  it('ends it early as if the limit of its duration were reached', async () => {
    const rig = rigWith({ kind: 'limit', limit: 'duration' }, { at: 'wall', ms: 2_000 });
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH());
    expect(heard.ends[0]).toMatchObject({ text: ENDS[version].duration.text, atMs: 2_010 });
  });

  it('ends it right after its nth final', async () => {
    const rig = rigWith({ kind: 'status', code: 'UNAVAILABLE' }, { at: 'final', nth: 2 });
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH());
    expect(heard.said).toEqual([1, 2, 3, 4]);
    expect(heard.end?.code).toBe(14);
  });

  it('ends it right after its nth interim', async () => {
    const rig = rigWith({ kind: 'status', code: 'UNAVAILABLE' }, { at: 'interim', nth: 1 });
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH());
    expect(heard.messages.filter(({ results }) => results.length > 0)).toHaveLength(1);
    expect(heard.end?.code).toBe(14);
  });

  it('loses the tail at the half-close', async () => {
    const rig = rigWith({ kind: 'status', code: 'UNAVAILABLE' }, { at: 'half-close' });
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH().subarray(0, RATE * 3));
    call.halfClose();
    await rig.clock.advance(1_000);
    expect(heard.said).toEqual([1, 2]);
    expect(heard.end?.code).toBe(14);
  });

  it('gives a final a minute late, and all that follows it after it', async () => {
    const rig = rigWith({ kind: 'late', ms: 60_000 }, { at: 'final', nth: 1 });
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH());
    await rig.silence(call, 56_000);
    expect(heard.said).toEqual([]);
    await rig.silence(call, 6_000);
    expect(heard.said).toEqual([1, 2, 3, 4]);
    expect(heard.ends).toEqual([]);
  });

  it('gives the tail late, and the end after it', async () => {
    const rig = rigWith({ kind: 'late', ms: 30_000 }, { at: 'half-close' });
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH().subarray(0, RATE * 3));
    call.halfClose();
    await rig.clock.advance(29_000);
    expect(heard.said).toEqual([1, 2]);
    await rig.clock.advance(2_000);
    expect(heard.said).toEqual([1, 2, 3, 4]);
    expect(heard.end?.code).toBe(0);
  });

  it('hangs: says nothing, ends by no limit, and is open until the client cancels', async () => {
    const rig = rigWith({ kind: 'hang' }, { at: 'audio', ms: 2_000 });
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH());
    const { length } = heard.messages;
    call.halfClose();
    await rig.clock.advance(400_000);
    expect(heard.messages).toHaveLength(length);
    expect(heard.ends).toEqual([]);
    expect(rig.emulator.report().open).toMatchObject([{ nth: 1, audioMs: 2_000 }]);
    call.cancel();
    await rig.clock.advance(10);
    expect(heard.end?.code).toBe(1);
    expect(rig.emulator.report().open).toEqual([]);
    expect(rig.clock.pending).toBe(0);
  });

  it('resets the stream, with the code that the client makes of each HTTP/2 error', async () => {
    const ends: unknown[] = [];
    for (const errorCode of [2, 7, 8, 11]) {
      const rig = rigWith({ kind: 'rst-stream', errorCode }, { at: 'audio', ms: 1_000 });
      const { call, heard } = rig.open(version);
      await rig.speak(call, SPEECH());
      ends.push([heard.end?.code, heard.end?.text]);
      expect(rig.emulator.report().ends).toEqual({ 'rst-stream': 1 });
    }
    expect(ends).toEqual([
      [13, 'Received RST_STREAM with code 2 (Internal server error)'],
      [14, 'Stream refused by server'],
      [1, 'Call cancelled'],
      [8, 'Bandwidth exhausted or memory limit exceeded'],
    ]);
  });

  it('cuts the connection: all its calls break, and the next call has a new one', async () => {
    const rig = new Rig({
      faults: [
        {
          what: { kind: 'cut' },
          when: { at: 'audio', ms: 1_000 },
          which: ({ nth }) => nth === 2,
        },
      ],
    });
    const one = rig.open(version);
    const two = rig.open(version);
    const elsewhere = rig.open(version, undefined, rig.front.channel());
    await rig.clock.advance(100);
    await rig.speak(two.call, SPEECH().subarray(0, RATE + 1));
    expect([one, two].map(({ heard }) => heard.end)).toEqual([
      { code: 14, text: 'Connection dropped' },
      { code: 14, text: 'Connection dropped' },
    ]);
    const next = rig.open(version);
    await rig.clock.advance(100);
    expect([elsewhere, next].map(({ heard }) => heard.ends)).toEqual([[], []]);
    expect(rig.emulator.report()).toMatchObject({ ends: { cut: 2 } });
  });

  it('sends the connection away: running calls go on, and the next has a new one', async () => {
    const connections: number[] = [];
    const rig = new Rig({
      limits: { streamsPerConnectionMax: 1 },
      faults: [
        {
          what: { kind: 'goaway' },
          when: { at: 'audio', ms: 1_000 },
          which: ({ connection }) => connections.push(connection) === 1,
        },
      ],
    });
    const one = rig.open(version);
    const two = rig.open(version);
    await rig.speak(one.call, SPEECH());
    expect(connections).toEqual([1, 2]);
    one.call.halfClose();
    two.call.halfClose();
    await rig.clock.advance(1_000);
    expect(one.heard.said).toEqual([1, 2, 3, 4]);
    expect([one, two].map(({ heard }) => heard.end?.code)).toEqual([0, 0]);
  });

  it('reads slowly: words come late by what the audio waits', async () => {
    const rig = rigWith({ kind: 'slow-read', bytesPerSecond: 8_000 });
    const { call, heard } = rig.open(version); // 16,000 bytes a second are sent
    await rig.speak(call, SPEECH());
    expect(heard.said).toEqual([1, 2]);
    await rig.silence(call, 4_000);
    expect(heard.said).toEqual([1, 2, 3, 4]);
  });

  it('reads no more: the stream ends as one without audio', async () => {
    const rig = rigWith({ kind: 'slow-read', bytesPerSecond: 0 }, { at: 'audio', ms: 1_000 });
    const { call, heard } = rig.open(version);
    await rig.silence(call, 20_000);
    expect(heard.ends[0]).toMatchObject({ text: ENDS[version].idle.text });
    expect(heard.ends[0]?.atMs).toBeLessThan(11_100);
  });
});

describe('FaultScript', () => {
  it('deals the same faults to the same streams for the same seed', () => {
    const strikes = (seed: number): boolean[] => {
      const rule = { what: { kind: 'hang' }, chance: 0.3 } as const;
      const script = new FaultScript([rule], randomOf(seed));
      return Array.from(
        { length: 200 },
        (_, i) => script.deal({ nth: i + 1, version: 'v1', connection: 1 }).length > 0,
      );
    };
    expect(strikes(5)).toEqual(strikes(5));
    expect(strikes(5)).not.toEqual(strikes(6));
    const struck = strikes(5).filter(Boolean).length;
    expect(struck).toBeGreaterThan(40);
    expect(struck).toBeLessThan(80);
  });

  it('strikes as often as a rule allows, and only whom it names', () => {
    const script = new FaultScript(
      [{ what: { kind: 'hang' }, which: ({ nth }) => nth % 2 === 0, timesMax: 2 }],
      randomOf(1),
    );
    const struck = Array.from({ length: 8 }, (_, i) => i + 1).filter(
      (nth) => script.deal({ nth, version: 'v1', connection: 1 }).length > 0,
    );
    expect(struck).toEqual([2, 4]);
  });
});

describe('FaultPlan', () => {
  it('gives every fault by audio once, whatever the steps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(5_000), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 30 }),
        (places, steps) => {
          const plan = new FaultPlan(
            places.map((ms) => ({ what: { kind: 'late', ms }, when: { at: 'audio', ms } })),
          );
          let reached = 0;
          const taken = steps.flatMap((step) => {
            reached += step;
            return plan.take('audio', reached);
          });
          const due = places.filter((ms) => ms <= reached);
          expect(taken).toHaveLength(due.length);
          const left = places.filter((ms) => ms > reached);
          expect(plan.nextAudioMs).toBe(left.length === 0 ? undefined : Math.min(...left));
        },
      ),
    );
  });
});
