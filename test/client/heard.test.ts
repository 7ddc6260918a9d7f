import { describe, expect, it } from 'vitest';
import { Heard } from '../../src/client/heard.ts';
import type { Final, Gap } from '../../src/wire/message.ts';
import { READY } from '../fakes/scripted-server.ts';

function final(result: number, settled: number, resume?: string): Final {
  const place = { start: 0, end: settled * 10, settled, settledMs: settled * 10 };
  return { type: 'final', result, text: '', ...place, ...(resume !== undefined && { resume }) };
}

function gap(start: number, end: number, settled: number, resume: string): Gap {
  return { type: 'gap', reason: 'client', start, end, settled, settledMs: settled * 10, resume };
}

function ack(settled: number, resume?: string) {
  const cursor = { settled, settledMs: settled * 10, ...(resume !== undefined && { resume }) };
  return { type: 'ack', received: 99, windowMs: 0, ...cursor } as const;
}

function newHeard(): Heard {
  const heard = new Heard();
  heard.begin({ ...READY, resume: 't0' });
  return heard;
}

describe('Heard', () => {
  it('brings the newest token and the newest result', () => {
    const heard = newHeard();
    expect(heard.resume).toEqual({ token: 't0', result: 0 });
    heard.final(final(1, 5, 't1'));
    heard.ack(ack(8, 't2'));
    expect(heard.resume).toEqual({ token: 't2', result: 1 });
    expect([heard.settled, heard.settledMs]).toEqual([8, 80]);
  });

  it('lets go only of what the newest token says, not of what an ack without one does', () => {
    const heard = newHeard();
    heard.ack(ack(8));
    heard.final(final(1, 7));
    expect(heard.settled).toBe(0);
    heard.ack(ack(6, 't1'));
    expect([heard.settled, heard.resume]).toEqual([6, { token: 't1', result: 1 }]);
  });

  it('takes no token that is older than its own, and one that is as new', () => {
    const heard = newHeard();
    heard.ack(ack(8, 't1'));
    heard.gap(gap(90, 95, 7, 'old'));
    heard.ack(ack(8, 't2'));
    expect(heard.resume?.token).toBe('t2');
    expect(heard.settled).toBe(8);
  });

  it('knows finals and gaps that come again, and goes on after a resume', () => {
    const heard = newHeard();
    expect(heard.final(final(1, 5, 't1'))).toBe(true);
    expect(heard.gap(gap(70, 90, 5, 't2'))).toHaveLength(1);
    heard.begin({ ...READY, resumed: 'held', resume: 't3' });
    expect(heard.final(final(1, 5, 't1'))).toBe(false);
    expect(heard.gap(gap(70, 90, 5, 't4'))).toEqual([]);
    expect(heard.final(final(2, 9, 't5'))).toBe(true);
    expect(heard.resume).toEqual({ token: 't5', result: 2 });
  });

  it('begins anew with a new session', () => {
    const heard = newHeard();
    heard.final(final(4, 5, 't1'));
    heard.gap(gap(70, 90, 5, 't2'));
    heard.forsake();
    expect(heard.resume).toBeUndefined();
    heard.begin({ ...READY, resume: 'u0' });
    expect([heard.result, heard.settled, heard.settledMs]).toEqual([0, 0, 0]);
    expect(heard.gap(gap(70, 90, 5, 'u1'))).toHaveLength(1);
    expect(heard.resume).toEqual({ token: 'u1', result: 0 });
  });

  it('goes by `settled` alone where the server gives no tokens', () => {
    const heard = new Heard();
    heard.begin(READY);
    heard.ack(ack(8));
    expect([heard.settled, heard.resume]).toEqual([8, undefined]);
  });
});
