import { describe, expect, it } from 'vitest';
import { Delivery } from '../../src/session/delivery.ts';
import type { Final } from '../../src/wire/message.ts';
import { BookedTape, finalOf } from '../fakes/booked-tape.ts';

const RATE = 8_000;

function newDelivery(wordsAsked = false): { booked: BookedTape; delivery: Delivery } {
  const booked = new BookedTape();
  const { tape, settlement } = booked;
  return { booked, delivery: new Delivery(RATE, wordsAsked, tape, settlement) };
}

/** The ids on the final of [start, end). */
function idsOf({ audioId, audioIds }: Final): string | string[] | undefined {
  return audioIds ?? audioId;
}

describe('Delivery', () => {
  it('numbers finals from 1 and says places in milliseconds, rounded down', () => {
    const { delivery } = newDelivery();
    expect(delivery.final(finalOf(7, 8_007))).toEqual({
      type: 'final',
      result: 1,
      start: 0,
      end: 1_000,
      text: 'a',
      settled: 0,
      settledMs: 0,
    });
    expect(delivery.final(finalOf(8_008, 16_000))).toMatchObject({ result: 2, start: 1_001 });
    expect(delivery.results).toBe(2);
  });

  it('says all that a final knows', () => {
    const { delivery } = newDelivery(true);
    const known = {
      confidence: 0,
      words: [
        { text: 'a', startSample: 80, endSample: 160, confidence: 0.5 },
        { text: 'b', startSample: 160, endSample: 240 },
      ],
      alternatives: [{ text: 'c', confidence: 0.1 }, { text: 'd' }],
      language: 'en-US',
      degraded: true,
    };
    expect(delivery.final({ ...finalOf(80, 240), ...known })).toMatchObject({
      confidence: 0,
      words: [
        { text: 'a', start: 10, end: 20, confidence: 0.5 },
        { text: 'b', start: 20, end: 30 },
      ],
      alternatives: [{ text: 'c', confidence: 0.1 }, { text: 'd' }],
      language: 'en-US',
      degraded: true,
    });
  });

  it('keeps words to itself that nobody asked for', () => {
    const { delivery } = newDelivery();
    const words = [{ text: 'a', startSample: 0, endSample: 8 }];
    expect(delivery.final({ ...finalOf(0, 8), words, degraded: false })).not.toHaveProperty(
      'words',
    );
  });

  it('says an interim', () => {
    const { delivery } = newDelivery();
    const interim = { startSample: 80, endSample: 160, text: 'a' };
    expect(delivery.interim(interim)).toEqual({ type: 'interim', start: 10, end: 20, text: 'a' });
    expect(delivery.interim({ ...interim, stability: 0 })).toMatchObject({ stability: 0 });
  });

  it('says with finals and gaps what is settled at that moment', () => {
    const { booked, delivery } = newDelivery();
    booked.frame(80);
    booked.frame(80);
    booked.read();
    booked.settlement.silence(100);
    expect(delivery.gap(80, 160, 'upstream')).toEqual({
      type: 'gap',
      start: 10,
      end: 20,
      reason: 'upstream',
      settled: 1,
      settledMs: 12,
    });
    expect(delivery.final(finalOf(0, 80))).toMatchObject({ settled: 1, settledMs: 12 });
  });
});

describe('Delivery of audio ids', () => {
  it('tells a new id from the one that goes on', () => {
    const { booked, delivery } = newDelivery();
    const isNew = (id: string): boolean => {
      const answer = delivery.audioId(id);
      booked.frame(10);
      return answer;
    };
    expect(['a', 'a', 'b', 'a'].map(isNew)).toEqual([true, false, true, true]);
  });

  it('puts on a final the ids of the audio that it covers', () => {
    const { booked, delivery } = newDelivery();
    booked.frame(100);
    for (const id of ['a', 'b', 'c']) {
      delivery.audioId(id);
      booked.frame(100);
    }
    expect(idsOf(delivery.final(finalOf(0, 100)))).toBe(undefined);
    expect(idsOf(delivery.final(finalOf(50, 150)))).toBe('a');
    expect(idsOf(delivery.final(finalOf(150, 200)))).toBe('a');
    expect(idsOf(delivery.final(finalOf(199, 301)))).toEqual(['a', 'b', 'c']);
    expect(idsOf(delivery.final(finalOf(301, 400)))).toBe('c');
  });

  it('lets a later id at the same place replace the one that got no audio', () => {
    const { booked, delivery } = newDelivery();
    delivery.audioId('a');
    delivery.audioId('b');
    booked.frame(10);
    expect(idsOf(delivery.final(finalOf(0, 10)))).toBe('b');
  });

  it('remembers a bounded number of ids while nobody speaks, the newest', () => {
    const { booked, delivery } = newDelivery();
    for (let n = 0; n < 5_000; n++) {
      delivery.audioId(`${n}`);
      booked.frame(1);
      booked.read();
      booked.settlement.silence(n + 1);
    }
    const ids = idsOf(delivery.final(finalOf(0, 5_000)));
    expect(ids).toHaveLength(1_000);
    expect(ids?.at(-1)).toBe('4999');
  });

  it('remembers every id of audio that is not settled', () => {
    const { booked, delivery } = newDelivery();
    for (let n = 0; n < 5_000; n++) {
      delivery.audioId(`${n}`);
      booked.frame(1);
    }
    expect(idsOf(delivery.final(finalOf(0, 5_000)))).toHaveLength(5_000);
  });
});
