import { describe, expect, it } from 'vitest';
import { Thinned } from '../../src/edge/thinned.ts';
import type { ServerMessage } from '../../src/wire/message.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const INTERIM = { type: 'interim', start: 0, end: 1, text: 'a' } as const;
const ACK = { type: 'ack', received: 1, settled: 0, settledMs: 0, windowMs: 1 } as const;

function newSink() {
  const clock = new FakeClock();
  const types: ServerMessage['type'][] = [];
  const closed: number[] = [];
  const under = {
    send: (message: ServerMessage) => {
      types.push(message.type);
      return false;
    },
    close: (code: number) => {
      closed.push(code);
    },
  };
  let thin = true;
  const sink = new Thinned(under, clock, () => thin);
  return { clock, types, closed, sink, relax: () => (thin = false) };
}

describe('Thinned', () => {
  it('lets one interim a second through while it has to', async () => {
    const { clock, types, sink, relax } = newSink();
    expect(sink.send(INTERIM)).toBe(false);
    for (let n = 0; n < 9; n += 1) {
      await clock.advance(100);
      expect(sink.send(INTERIM)).toBe(true);
    }
    expect(types).toHaveLength(1);
    await clock.advance(100);
    sink.send(INTERIM);
    expect(types).toHaveLength(2);
    relax();
    sink.send(INTERIM);
    sink.send(INTERIM);
    expect(types).toHaveLength(4);
  });

  it('passes on everything else, and the answer to it', () => {
    const { types, closed, sink } = newSink();
    sink.send(INTERIM);
    for (let n = 0; n < 3; n += 1) expect(sink.send(ACK)).toBe(false);
    sink.close(1000, 'finished');
    expect([types, closed]).toEqual([['interim', 'ack', 'ack', 'ack'], [1000]]);
  });
});
