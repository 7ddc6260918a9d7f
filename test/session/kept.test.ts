import { describe, expect, it } from 'vitest';
import { Kept } from '../../src/session/kept.ts';
import type { Final, Gap } from '../../src/wire/message.ts';
import type { Ticket } from '../../src/wire/ticket.ts';

function ticketOf(result: number, settled: number): Ticket {
  return {
    ...{ session: 's', holder: 'h', subject: 'd', configuration: 'c' },
    ...{ result, frame: 0, settled, into: 0, lead: 0, said: '-' },
    ...{ transcribed: 0, silent: 0, overrun: 0, upstream: 0, missing: 0 },
  };
}

function final(result: number, text = 'x'): Final {
  return { type: 'final', result, start: 0, end: 1, text, settled: 0, settledMs: 0 };
}

const GAP: Gap = { type: 'gap', start: 0, end: 1, reason: 'client', settled: 0, settledMs: 0 };

class Rig {
  readonly kept: Kept;

  constructor(bytesMax = 10_000, from = { result: 0, settled: 0 }) {
    this.kept = new Kept(bytesMax, from);
  }

  /** A final that ends at `end` and settles all before it. */
  final(result: number, end: number, nowMs = 0, text = 'x'): void {
    this.kept.add(final(result, text), end, ticketOf(result, end), nowMs);
  }

  /** A gap that ends at `end`, inside an utterance: so far only `settled` is. */
  gap(result: number, end: number, settled = end): void {
    this.kept.add(GAP, end, ticketOf(result, settled), 0);
  }

  /** What a device lacks: numbers of finals, or where their token says that all is settled. */
  lacks(result: number, settled: number, nowMs = 0): (number | string)[] {
    const issue = (ticket: Ticket): string => `token ${ticket.settled}`;
    return this.kept
      .after(result, settled, nowMs, issue)
      .map((message) => (message.type === 'final' ? message.result : `${message.resume}`));
  }
}

describe('Kept', () => {
  it('gives a device the finals and gaps it lacks, in order and with a token each', () => {
    const rig = new Rig();
    rig.final(1, 100);
    rig.gap(1, 200);
    rig.gap(1, 350, 200);
    rig.final(2, 400);
    expect(rig.lacks(0, 0)).toEqual([1, 'token 200', 'token 200', 2]);
    // The gap inside the utterance may have come, but the token can't say so.
    expect(rig.lacks(1, 200)).toEqual(['token 200', 2]);
    expect(rig.lacks(2, 400)).toEqual([]);
  });

  it('lets go of what was seen', () => {
    const rig = new Rig();
    rig.final(1, 100);
    rig.gap(1, 200);
    rig.final(2, 300);
    rig.gap(2, 400);
    rig.kept.seen(2);
    expect(rig.kept.reaches(1, 100)).toBe(false);
    expect(rig.kept.reaches(2, 300)).toBe(true);
    expect(rig.lacks(2, 300)).toEqual(['token 400']);
  });

  it('lets the oldest go beyond its bytes, but never the newest', () => {
    const rig = new Rig(500);
    for (let n = 1; n <= 10; n++) rig.final(n, n * 100);
    expect(rig.kept.reaches(0, 0)).toBe(false);
    const first = [...Array.from({ length: 10 }).keys()].find((n) => rig.kept.reaches(n, n * 100));
    expect(first).toBeGreaterThanOrEqual(4);
    expect(rig.lacks(9, 900)).toEqual([10]);
    rig.final(11, 1_100, 0, 'x'.repeat(5_000));
    expect(rig.lacks(10, 1_000)).toEqual([11]);
  });

  it('knows that a gap has gone that a device lacks', () => {
    const rig = new Rig(500);
    rig.gap(0, 100);
    for (let n = 0; n < 10; n++) rig.gap(0, 200 + n);
    expect(rig.kept.reaches(0, 50)).toBe(false);
    expect(rig.kept.reaches(0, 209)).toBe(true);
  });

  it('never had what came before it', () => {
    const { kept } = new Rig(500, { result: 7, settled: 900 });
    expect(kept.reaches(6, 900)).toBe(false);
    expect(kept.reaches(7, 800)).toBe(false);
    expect(kept.reaches(7, 900)).toBe(true);
  });

  it('says how long the oldest final is unseen, once the device has said what it has seen', () => {
    const rig = new Rig();
    rig.final(1, 100, 1_000);
    rig.final(2, 200, 3_000);
    expect(rig.kept.unseenMs(9_000)).toBe(0);
    rig.kept.seen(0);
    expect(rig.kept.unseenMs(9_000)).toBe(8_000);
    rig.kept.seen(1);
    expect(rig.kept.unseenMs(9_000)).toBe(6_000);
    rig.gap(2, 300);
    rig.kept.seen(2);
    expect(rig.kept.unseenMs(9_000)).toBe(0);
  });

  it('counts anew for a final that is sent again', () => {
    const rig = new Rig();
    rig.kept.seen(0);
    rig.final(1, 100, 1_000);
    rig.lacks(0, 0, 8_000);
    expect(rig.kept.unseenMs(9_000)).toBe(1_000);
  });
});
