import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sent } from '../../src/edge/outbox.ts';
import { Outbox } from '../../src/edge/outbox.ts';
import type { ServerMessage } from '../../src/wire/message.ts';
import { FakePipe } from '../fakes/fake-pipe.ts';

const BYTES_MAX = 1_000;
const ANSWER = fc.constantFrom<Sent>('sent', 'sent', 'buffered', 'dropped');
const STEP = fc.record({
  do: fc.constantFrom('final', 'interim', 'ack', 'gap', 'queued', 'drain', 'drain', 'half'),
  answers: fc.array(ANSWER, { maxLength: 4 }),
  length: fc.nat(200),
});
type Step = typeof STEP extends fc.Arbitrary<infer S> ? S : never;

/** What a session sends, and what the device may conclude from what it gets. */
class Model {
  readonly pipe = new FakePipe();
  readonly handed: ServerMessage[] = [];
  readonly outbox: Outbox;
  #pressed = false;
  /** Finals and gaps said so far; their number is the `settled` that they bring. */
  #said = 0;
  #finalSaid = 0;
  #refused = false;

  constructor() {
    this.outbox = new Outbox(this.pipe, BYTES_MAX, {
      onHanded: (message) => {
        this.handed.push(message);
        if (message.type === 'interim') {
          expect(message.start).toBeGreaterThanOrEqual(this.#finalSaid);
        }
      },
      onPressure: (pressed) => {
        expect(pressed).not.toBe(this.#pressed);
        this.#pressed = pressed;
      },
    });
  }

  /** False: the session has ended. */
  take(step: Step): boolean {
    this.pipe.answers = [...step.answers];
    if (step.do === 'drain') this.pipe.drainTo(0);
    if (step.do === 'half') this.pipe.drainTo(step.length);
    if (step.do === 'drain' || step.do === 'half') this.outbox.drain();
    else this.#send(step.do, 'é'.repeat(step.length));
    expect(this.handed).toEqual(this.pipe.taken);
    this.#check();
    return !this.#refused;
  }

  #send(what: string, text: string): void {
    const settles = what === 'final' || what === 'gap';
    if (settles) this.#said += 1;
    if (what === 'final') this.#finalSaid = this.#said;
    const message = this.#message(what, text);
    if (!this.outbox.send(message)) {
      this.#refused = true;
      if (settles) this.#said -= 1;
    }
  }

  #message(what: string, text: string): ServerMessage {
    const cursor = { settled: this.#said, settledMs: 0 };
    switch (what) {
      case 'final':
        return { type: 'final', result: this.#said, start: 0, end: 0, text, ...cursor };
      case 'gap':
        return { type: 'gap', start: 0, end: 0, reason: 'client', ...cursor };
      case 'ack':
        return { type: 'ack', received: 0, windowMs: 0, ...cursor };
      case 'queued':
        return { type: 'queued', position: this.#said, etaMs: null };
      default:
        // Where it starts is what was settled when it was said.
        return { type: 'interim', start: this.#said, end: 0, text };
    }
  }

  #check(): void {
    let settled = 0;
    for (const message of this.pipe.taken) {
      if (message.type === 'final' || message.type === 'gap') {
        expect(message.settled).toBe(settled + 1);
        settled = message.settled;
      } else if (message.type === 'ack') {
        expect(message.settled).toBeLessThanOrEqual(settled);
      }
    }
  }

  close(): void {
    const before = this.pipe.takenBytes;
    const buffered = this.pipe.bufferedBytes();
    this.pipe.answers = [];
    this.outbox.close(1000, 'finished');
    this.#check();
    expect(this.pipe.takenBytes - before + buffered).toBeLessThanOrEqual(
      Math.max(BYTES_MAX, buffered),
    );
    const settled = this.pipe.taken.filter(({ type }) => type === 'final' || type === 'gap');
    expect(settled).toHaveLength(this.#said);
    expect(this.#pressed).toBe(false);
    expect(this.outbox.send(this.#message('final', ''))).toBe(false);
  }
}

describe('Outbox over a socket that does as it likes', () => {
  it('keeps order, bounds and promises', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 60, size: 'max' }), (steps) => {
        const model = new Model();
        for (const step of steps) if (!model.take(step)) break;
        model.close();
      }),
      { numRuns: 400 },
    );
  });
});
