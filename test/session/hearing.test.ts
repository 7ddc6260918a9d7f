import { describe, expect, it } from 'vitest';
import { Hearing } from '../../src/session/hearing.ts';
import type { TalkEvents } from '../../src/session/talk-parts.ts';

/** A hearing, and what it told, in order. */
function newHearing() {
  const told: unknown[][] = [];
  const note =
    (what: string) =>
    (...said: unknown[]): void => {
      told.push([what, ...said]);
    };
  const metrics = { billedSeconds: 0, finalsDegraded: 0 };
  const events: TalkEvents = {
    send: note('send'),
    onFinished: note('finished'),
    onRefused: note('refused'),
    onFault: note('fault'),
  };
  const latency = { interim: note('interim came'), final: note('final came') };
  const telling = { interim: note('interim') };
  return { told, metrics, hearing: new Hearing({ metrics, telling, latency, events }) };
}

describe('Hearing', () => {
  it('says a place in the queue, and once that the wait is over', () => {
    const { hearing, told } = newHearing();
    hearing.onLive();
    hearing.onQueued(2, 500);
    hearing.onLive();
    hearing.onLive();
    expect(told).toEqual([
      ['send', { type: 'queued', position: 2, etaMs: 500 }],
      ['send', { type: 'queued', position: 0, etaMs: 0 }],
    ]);
  });

  it('counts what is billed and degraded, for the session and for the process', () => {
    const { hearing, metrics } = newHearing();
    hearing.onBilled(1_500);
    hearing.onBilled(500);
    hearing.onFinal({ text: 'a', startSample: 0, endSample: 1 });
    hearing.onFinal({ text: 'a', startSample: 0, endSample: 1, degraded: true });
    expect(hearing.billedMs).toBe(2_000);
    expect(metrics).toEqual({ billedSeconds: 2, finalsDegraded: 1 });
  });

  it('passes on the rest: texts by their time first, ends to the session', () => {
    const { hearing, told } = newHearing();
    const interim = { text: 'a', startSample: 0, endSample: 1 };
    const fault = { kind: 'config', message: 'no' } as const;
    hearing.onInterim(interim);
    hearing.onFinished();
    hearing.onRefused(7);
    hearing.onFault(fault);
    expect(told).toEqual([
      ['interim came', interim],
      ['interim', interim],
      ['finished'],
      ['refused', 7],
      ['fault', fault],
    ]);
  });
});
