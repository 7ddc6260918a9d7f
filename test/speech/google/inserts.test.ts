import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Inserts } from '../../../src/speech/google/inserts.ts';

describe('Inserts', () => {
  it('takes a place within inserted silence for the place before it', () => {
    const inserts = new Inserts();
    inserts.send(800);
    inserts.insert(1_000);
    inserts.send(1_200);
    expect([0, 800, 1_300, 1_800, 2_000, 9_999].map((sent) => inserts.ownOf(sent))).toEqual([
      0, 800, 800, 800, 1_000, 2_000,
    ]);
    expect([inserts.own, inserts.total]).toEqual([2_000, 1_000]);
  });

  it('never goes back, and counts each sample of the stream once', () => {
    const act = fc.record({ own: fc.boolean(), samples: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
        const inserts = new Inserts();
        const expected = [0];
        for (const { own, samples } of acts) {
          for (let n = 0; n < samples; n++) expected.push((expected.at(-1) ?? 0) + (own ? 1 : 0));
          if (own) inserts.send(samples);
          else inserts.insert(samples);
        }
        expect(expected.map((_, sent) => inserts.ownOf(sent))).toEqual(expected);
      }),
    );
  });
});
