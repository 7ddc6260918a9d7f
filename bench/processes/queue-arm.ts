/**
 * Queue arm: what a queue of so many costs this process, as `slots` has it or p-queue alone.
 *
 *   node --expose-gc queue-arm.js slots|p-queue WAITING
 *
 * One place, and everybody else waits; then each has it for a moment. It prints one line of JSON.
 */
import PQueue from 'p-queue';
import { systemClock } from '../../src/clock.ts';
import { Slots } from '../../src/speech/slots.ts';

/** What a bench is told of one run. */
export interface Queued {
  /** Microseconds of processor time, for each that waits. */
  readonly enterUs: number;
  readonly passUs: number;
  readonly kbEach: number;
}

const FLEETS = 50;
const [name = '', text = ''] = process.argv.slice(2);
const waiting = Number(text);

interface Queue {
  enter(nth: number, onPassed: () => void): void;
  /** Lets them pass. */
  open(): void;
}

function slots(): Queue {
  const limits = { slotsMax: 0, queueMax: waiting, waitMsMax: 600_000 };
  const queue = new Slots(limits, systemClock);
  return {
    enter: (nth, onPassed) => {
      const wish = { fleet: `fleet ${nth % FLEETS}`, priority: 0 };
      queue.ask(wish, {
        onGranted: (slot) => {
          onPassed();
          slot.release();
        },
        onQueued: () => undefined,
        onExpired: () => undefined,
      });
    },
    open: () => queue.setLimit(1),
  };
}

function plain(): Queue {
  const queue = new PQueue({ concurrency: 1, autoStart: false });
  return {
    enter: (_, onPassed) => {
      void queue.add(() => {
        onPassed();
        return Promise.resolve();
      });
    },
    open: () => {
      queue.start();
    },
  };
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function heapKb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1024;
}

const queue = name === 'slots' ? slots() : plain();
let passed = 0;
const heap = heapKb();
const before = cpuUs();
const all = new Promise<void>((resolve) => {
  for (let nth = 0; nth < waiting; nth++) {
    queue.enter(nth, () => {
      passed += 1;
      if (passed === waiting) resolve();
    });
  }
});
// What is told of an ask is told after it.
await new Promise((resolve) => setTimeout(resolve, 1));
const entered = cpuUs();
const kbEach = (heapKb() - heap) / waiting;
const from = cpuUs();
queue.open();
await all;
const queued: Queued = {
  enterUs: (entered - before) / waiting,
  passUs: (cpuUs() - from) / waiting,
  kbEach,
};
process.stdout.write(`${JSON.stringify(queued)}\n`);
process.exit(0);
