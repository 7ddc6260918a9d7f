import { describe, expect, it } from 'vitest';
import { Outbox } from '../../src/edge/outbox.ts';
import type { ServerMessage } from '../../src/wire/message.ts';
import { FakePipe } from '../fakes/fake-pipe.ts';

function final(result: number, text = 'a'): ServerMessage {
  return { type: 'final', result, start: 0, end: 0, text, settled: result, settledMs: 0 };
}

function interim(text: string): ServerMessage {
  return { type: 'interim', start: 0, end: 0, text };
}

function ack(settled: number): ServerMessage {
  return { type: 'ack', received: 0, settled, settledMs: 0, windowMs: 0 };
}

const QUEUED: ServerMessage = { type: 'queued', position: 1, etaMs: null };
const ERROR: ServerMessage = {
  type: 'error',
  code: 'slow_consumer',
  message: 'a',
  retryable: true,
};

class OutboxRig {
  readonly pipe = new FakePipe();
  readonly handed: ServerMessage[] = [];
  readonly pressures: boolean[] = [];
  readonly outbox: Outbox;

  constructor(bytesMax = 10_000) {
    this.outbox = new Outbox(this.pipe, bytesMax, {
      onHanded: (message) => this.handed.push(message),
      onPressure: (pressed) => this.pressures.push(pressed),
    });
  }

  /** The kernel has taken all. */
  drain(): void {
    this.pipe.drainTo(0);
    this.outbox.drain();
  }
}

/** A rig whose socket has taken one message and wants no more. */
function newPressed(bytesMax?: number): OutboxRig {
  const rig = new OutboxRig(bytesMax);
  rig.pipe.answers = ['buffered'];
  rig.outbox.send(final(1));
  return rig;
}

describe('Outbox while flowing', () => {
  it('hands everything over at once, and says so', () => {
    const { outbox, pipe, handed, pressures } = new OutboxRig();
    const messages = [QUEUED, interim('a'), interim('b'), ack(0), final(1), ack(1)];
    for (const message of messages) expect(outbox.send(message)).toBe(true);
    expect(pipe.taken).toEqual(messages);
    expect(handed).toEqual(messages);
    expect(pressures).toEqual([]);
  });

  it('says false for what the socket dropped, and not that it was handed over', () => {
    const { outbox, pipe, handed } = new OutboxRig();
    pipe.answers = ['dropped'];
    expect(outbox.send(final(1))).toBe(false);
    expect(handed).toEqual([]);
  });

  it('counts a message that the socket buffers as handed over', () => {
    const { handed, pressures } = newPressed();
    expect(handed).toEqual([final(1)]);
    expect(pressures).toEqual([true]);
  });
});

describe('Outbox under pressure', () => {
  it('hands over nothing until all is drained', () => {
    const rig = newPressed();
    rig.outbox.send(final(2));
    rig.pipe.drainTo(1);
    rig.outbox.drain();
    expect(rig.handed).toEqual([final(1)]);
    rig.drain();
    expect(rig.handed).toEqual([final(1), final(2)]);
    expect(rig.pressures).toEqual([true, false]);
  });

  it('keeps the order of all that waits, and only the newest interim, ack and place', () => {
    const rig = newPressed();
    const messages = [QUEUED, ack(1), interim('a'), ack(1), interim('b'), QUEUED];
    for (const message of messages) rig.outbox.send(message);
    rig.drain();
    expect(rig.pipe.taken).toEqual([final(1), ack(1), interim('b'), QUEUED]);
  });

  it('lets no ack overtake the final that it knows of', () => {
    const rig = newPressed();
    rig.outbox.send(ack(1));
    rig.outbox.send(final(2));
    rig.outbox.send(ack(2));
    rig.drain();
    expect(rig.pipe.taken).toEqual([final(1), final(2), ack(2)]);
  });

  it('makes a waiting interim void by the final after it', () => {
    const rig = newPressed();
    rig.outbox.send(interim('a'));
    rig.outbox.send(final(2));
    rig.outbox.send(interim('b'));
    rig.drain();
    expect(rig.pipe.taken).toEqual([final(1), final(2), interim('b')]);
  });

  it('stops again where the socket buffers again', () => {
    const rig = newPressed();
    for (let n = 2; n <= 4; n++) rig.outbox.send(final(n));
    rig.pipe.answers = ['sent', 'buffered'];
    rig.drain();
    expect(rig.handed).toEqual([final(1), final(2), final(3)]);
    expect(rig.pressures).toEqual([true, false, true]);
    rig.drain();
    expect(rig.handed).toHaveLength(4);
  });

  it('loses nothing when the socket drops while it drains', () => {
    const rig = newPressed();
    for (let n = 2; n <= 4; n++) rig.outbox.send(final(n));
    rig.pipe.answers = ['sent', 'dropped'];
    rig.drain();
    expect(rig.handed).toEqual([final(1), final(2)]);
    rig.drain();
    expect(rig.pipe.taken).toEqual([1, 2, 3, 4].map((n) => final(n)));
    expect(rig.handed).toEqual(rig.pipe.taken);
  });

  it('takes no final beyond its bytes, counted as they are sent', () => {
    const text = '語'.repeat(100);
    const bytes = Buffer.byteLength(JSON.stringify(final(2, text)));
    const first = Buffer.byteLength(JSON.stringify(final(1)));
    const rig = newPressed(first + 2 * bytes);
    expect(rig.outbox.send(final(2, text))).toBe(true);
    expect(rig.outbox.send(final(3, text))).toBe(true);
    expect(rig.outbox.send(final(4))).toBe(false);
  });

  it('has room again for what a newer message has replaced', () => {
    const rig = newPressed(400);
    for (let n = 0; n < 100; n++) {
      expect(rig.outbox.send(interim('a'.repeat(200)))).toBe(true);
    }
    rig.drain();
    expect(rig.pipe.taken).toHaveLength(2);
  });

  it('passes over an interim or ack without room, and ends nothing for it', () => {
    const rig = newPressed(150);
    expect(rig.outbox.send(interim('a'.repeat(200)))).toBe(true);
    expect(rig.outbox.send(final(2, 'a'.repeat(200)))).toBe(false);
    rig.drain();
    expect(rig.pipe.taken).toEqual([final(1)]);
  });

  it('takes the last words of a session though there is no room', () => {
    const rig = newPressed(100);
    expect(rig.outbox.send(final(2))).toBe(false);
    expect(rig.outbox.send(ERROR)).toBe(true);
    rig.outbox.close(4008, 'slow_consumer');
    expect(rig.pipe.taken).toEqual([final(1), ERROR]);
  });
});

describe('Outbox at its end', () => {
  it('gives the socket all that waits, then says goodbye, and no pressure is left', () => {
    const rig = newPressed();
    rig.outbox.send(final(2));
    rig.outbox.send(ack(2));
    rig.outbox.close(1000, 'finished');
    expect(rig.pipe.taken).toEqual([final(1), final(2), ack(2)]);
    expect(rig.pipe.ended).toEqual({ code: 1000, reason: 'finished' });
    expect(rig.pressures).toEqual([true, false]);
  });

  it('leaves out what follows a message that the socket dropped', () => {
    const rig = newPressed();
    rig.outbox.send(final(2));
    rig.outbox.send(final(3));
    rig.pipe.answers = ['dropped'];
    rig.outbox.close(1000, 'finished');
    expect(rig.pipe.taken).toEqual([final(1)]);
    expect(rig.pipe.ended).toEqual({ code: 1000, reason: 'finished' });
  });

  it('takes nothing and says nothing after it was closed or lost', () => {
    for (const end of [
      ({ outbox }: OutboxRig) => outbox.close(1000, 'finished'),
      ({ outbox }: OutboxRig) => outbox.lost(),
    ]) {
      const rig = newPressed();
      rig.outbox.send(final(2));
      end(rig);
      const taken = rig.pipe.taken.length;
      expect(rig.outbox.send(final(3))).toBe(false);
      rig.outbox.lost();
      rig.outbox.close(4004, 'internal');
      rig.drain();
      expect(rig.pipe.taken).toHaveLength(taken);
      expect(rig.pressures).toEqual([true, false]);
    }
  });

  it('says no goodbye to a socket that is gone', () => {
    const { outbox, pipe } = new OutboxRig();
    outbox.lost();
    outbox.close(1000, 'finished');
    expect(pipe.ended).toBe(undefined);
  });
});
