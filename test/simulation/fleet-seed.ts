/**
 * Fleet seed: clients, workers and the emulator together in virtual time, with everything at random.
 *
 * Sockets are cut, frozen and slowed, workers killed and drained, Google fails. What each client was
 * told is held against what was spoken to it; the same seed gives the same run.
 */
import { Stream } from '../../src/client/client.ts';
import type { StreamState } from '../../src/client/options.ts';
import { readConfig } from '../../src/config.ts';
import type { Version } from '../../src/speech/google/driver.ts';
import type { ServerMessage, Summary } from '../../src/wire/message.ts';
import { Tickets } from '../../src/wire/ticket.ts';
import { Emulator } from '../emulator/emulator.ts';
import { InProcess } from '../emulator/in-process.ts';
import type { Random } from '../emulator/random.ts';
import { between, randomOf } from '../emulator/random.ts';
import { linear16, Speaker } from '../emulator/voice.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { Network } from './network.ts';
import { passingFaultsOf, planOf } from './schedule.ts';
import type { Told } from './verdict.ts';
import { faultsOf } from './verdict.ts';
import { Worker } from './worker.ts';

const FRAME_MS = 100;
const RATE = 8_000;
/** After the last frame: everything has its outcome by then. */
const REST_MS = 120_000;
/** A worker that died is replaced so soon. */
const RESTART_MS = 1_000;
const RELAY_MS = 5;
/** Nobody reaches any worker for so long, and nobody is told. */
const OUTAGE_MS = 15_000;
export interface FleetOutcome {
  readonly wrong: readonly string[];
  readonly words: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** What happens to the fleet in one step, by chance. */
const EVENTS = {
  cut: 1 / 300,
  freeze: 1 / 600,
  crash: 1 / 1_500,
  drain: 1 / 2_000,
  outage: 1 / 4_000,
} as const;
type EventName = keyof typeof EVENTS;

class Client {
  readonly heard: ServerMessage[] = [];
  readonly states: StreamState[] = [];
  readonly speaker: Speaker;
  readonly stream: Stream;
  summary: Summary | undefined;
  sent = 0;

  constructor(clock: FakeClock, random: Random, network: Network, pick: () => Worker | undefined) {
    this.speaker = new Speaker(planOf(random)(random), RATE);
    this.stream = new Stream(
      {
        url: 'ws://earshot/v1/stream',
        start: { encoding: 'LINEAR16', sampleRateHertz: RATE, words: true },
        onMessage: (message) => this.heard.push(message),
        onState: (state) => this.states.push(state),
      },
      { clock, random, open: network.opener(() => pick()?.door) },
    );
    this.stream.ready().catch(() => undefined);
  }

  speak(): void {
    this.stream.write(linear16(this.speaker.read((RATE * FRAME_MS) / 1000)));
    this.sent += 1;
  }

  get told(): Omit<Told, 'sampleRateHertz'> {
    const { heard, states, summary, sent, speaker } = this;
    return { heard, states, summary, words: speaker.words, sentMs: sent * FRAME_MS };
  }

  finish(): void {
    this.stream.finish().then(
      (summary) => {
        this.summary = summary;
      },
      () => undefined,
    );
  }
}

export async function runFleet(seed: number, minutes: number): Promise<FleetOutcome> {
  const random = randomOf(seed);
  const clock = new FakeClock();
  const version: Version = random() < 0.5 ? 'v1' : 'v2';
  const softMs = between(random, 10_000, 60_000);
  const rotation = { softMs, jitterMs: softMs / 16, hardMs: softMs * 1.2 };
  const emulator = new Emulator(clock, { faults: passingFaultsOf(random), random });
  const front = new InProcess(emulator, clock);
  const network = new Network(clock);
  const tickets = new Tickets(Buffer.alloc(32, 7));
  const config = readConfig({});
  const isOneNode = random() < 0.7;
  const counts: Record<string, number> = {};
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  let started = 0;
  let outageUntilMs = 0;
  let workers: Worker[] = [];
  const start = (): void => {
    started += 1;
    const worker: Worker = new Worker({
      ...{ clock, random, config, front, version, rotation, tickets, holder: `w${started}` },
      onTaken: (session, holder) => {
        count('takeovers');
        if (!isOneNode) return;
        clock.after(RELAY_MS, () =>
          workers.find((each) => each.holder === holder)?.registry.release(session),
        );
      },
    });
    workers.push(worker);
  };
  start();
  start();
  const pick = <T>(of: readonly T[]): T | undefined => of[Math.floor(random() * of.length)];
  const door = (): Worker | undefined =>
    clock.nowMs() < outageUntilMs ? undefined : pick(workers.filter((w) => w.takesSessions));
  const clients = Array.from(
    { length: random() < 0.3 ? 2 : 1 },
    () => new Client(clock, random, network, door),
  );
  const happen: { readonly [E in EventName]: () => boolean } = {
    cut: () => {
      const link = pick(network.links);
      link?.cut();
      return link !== undefined;
    },
    freeze: () => {
      const link = pick(network.links);
      link?.freeze();
      return link !== undefined;
    },
    crash: () => {
      const worker = pick(workers);
      if (worker === undefined) return false;
      worker.crash();
      for (const link of network.links) if (link.door === worker.door) link.cut();
      workers = workers.filter((each) => each !== worker);
      clock.after(RESTART_MS, start);
      return true;
    },
    outage: () => {
      outageUntilMs = clock.nowMs() + OUTAGE_MS;
      for (const link of network.links) link.freeze();
      return true;
    },
    drain: () => {
      const worker = pick(workers.filter((each) => each.takesSessions));
      if (worker === undefined) return false;
      worker.drain();
      start();
      return true;
    },
  };
  for (let at = 0; at < minutes * 60_000; at += FRAME_MS) {
    for (const client of clients) client.speak();
    for (const [name, chance] of Object.entries(EVENTS) as [EventName, number][]) {
      if (random() < chance && happen[name]()) count(name);
    }
    await clock.advance(FRAME_MS);
  }
  for (const client of clients) client.finish();
  await clock.advance(REST_MS);
  const wrong = clients.flatMap((client, n) =>
    faultsOf({ ...client.told, sampleRateHertz: RATE }).map(
      (sentence) => `client ${n + 1}: ${sentence}`,
    ),
  );
  for (const { states } of clients) for (const { state } of states) count(state);
  for (const [name, times] of Object.entries(emulator.report().faults))
    counts[`fault ${name}`] = times;
  const words = clients.reduce((sum, { speaker }) => sum + speaker.words.length, 0);
  return { wrong, words, counts };
}
