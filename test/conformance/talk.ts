/**
 * Talk: any client speaks to the real server, with the emulator as Google, through a network that is
 * cut and falls silent, and through a crash of the server; every word has to be told once and in order.
 */
import { randomBytes } from 'node:crypto';
import { freePort } from '../../bench/chaos/balancer.ts';
import { startEmulatorProcess } from '../../bench/emulator-process.ts';
import type { ServerProcess } from '../../bench/server-process.ts';
import { startServerProcess } from '../../bench/server-process.ts';
import type { StreamState } from '../../src/client/options.ts';
import { systemClock } from '../../src/clock.ts';
import type { ServerMessage } from '../../src/wire/message.ts';
import type { Random } from '../emulator/random.ts';
import { between, randomOf } from '../emulator/random.ts';
import { chatter, linear16, Speaker } from '../emulator/voice.ts';
import { TcpProxy } from '../fakes/tcp-proxy.ts';
import { faultsOf } from '../simulation/verdict.ts';
import type { Subject } from './subject.ts';
import { startSubject } from './subject.ts';

const RATE = 16_000;
const FRAME_MS = 100;
const SUMMARY_MS_MAX = 60_000;

export interface Talked {
  /** What was wrong, a sentence each. */
  readonly wrong: readonly string[];
  readonly words: number;
  readonly cuts: number;
  readonly freezes: number;
  /** How often the session was taken up again, and how. */
  readonly resumed: { readonly held: number; readonly taken: number };
}

/** Speaks for so many seconds. */
export async function talk(command: string, seconds: number, seed = 1): Promise<Talked> {
  const emulator = await startEmulatorProcess([]);
  const port = await freePort();
  const key = randomBytes(32).toString('base64url');
  const settings = {
    EARSHOT_PORT: `${port}`,
    EARSHOT_RECOGNIZER: 'google',
    EARSHOT_GOOGLE_ENDPOINT: emulator.endpoint,
    EARSHOT_RESUME_KEY: key,
    EARSHOT_LOG_LEVEL: 'error',
  };
  const network = await TcpProxy.listen(port);
  const heard: ServerMessage[] = [];
  const url = `ws://127.0.0.1:${network.port}/v1/stream`;
  const server = await startServerProcess(settings);
  let restarted: Promise<ServerProcess> | undefined;
  const subject = startSubject(command, url, (line) => heard.push(line as ServerMessage));
  try {
    const trouble = new Trouble(network, randomOf(seed + 1));
    const speaker = new Speaker(chatter(randomOf(seed)), RATE);
    subject.tell({ do: 'connect', url });
    const fromMs = systemClock.nowMs();

    for (let sentMs = 0; sentMs < seconds * 1_000; sentMs += FRAME_MS) {
      say(subject, speaker);
      trouble.step(sentMs);
      if (sentMs > seconds * 500) restarted ??= restart(server, settings);
      const restMs = fromMs + sentMs + FRAME_MS - systemClock.nowMs();
      await pass(Math.max(0, restMs));
    }
    await restarted;
    subject.tell({ do: 'finish' });
    const endMs = systemClock.nowMs() + SUMMARY_MS_MAX;
    while (!heard.some(({ type }) => type === 'summary') && systemClock.nowMs() < endMs)
      await pass(50);
    return { ...trouble.counts, ...verdict(heard, speaker, seconds * 1_000, subject) };
  } finally {
    await subject.end();
    await network.close();
    await server.stop();
    await (await restarted)?.stop();
    await emulator.stop();
  }
}

function say(subject: Subject, speaker: Speaker): void {
  const audio = linear16(speaker.read((RATE * FRAME_MS) / 1_000));
  subject.tell({ do: 'write', audio: Buffer.from(audio).toString('base64') });
}

/** It crashes, and another one takes its place. */
async function restart(
  server: ServerProcess,
  settings: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  process.kill(server.pid, 'SIGKILL');
  await server.stop();
  return startServerProcess(settings);
}

function verdict(
  heard: readonly ServerMessage[],
  { words }: Speaker,
  sentMs: number,
  { complaints }: Subject,
): Pick<Talked, 'wrong' | 'words' | 'resumed'> {
  const readies = heard.filter((message) => message.type === 'ready');
  const states = readies
    .filter(({ resumed }) => resumed === false)
    .map(({ session }): StreamState => ({ state: 'live', session, fromMs: undefined }));
  const summary = heard.find((message) => message.type === 'summary');
  const told = { heard, states, words, sampleRateHertz: RATE, sentMs, summary };
  const faults = faultsOf(told);
  const resumed = (how: 'held' | 'taken'): number =>
    readies.filter((ready) => ready.resumed === how).length;
  return {
    wrong: faults.length === 0 ? [] : [...faults, ...complaints],
    words: words.length,
    resumed: { held: resumed('held'), taken: resumed('taken') },
  };
}

/** What befalls the network, by the time of the audio. */
class Trouble {
  readonly counts = { cuts: 0, freezes: 0 };
  readonly #network: TcpProxy;
  readonly #random: Random;
  #cutMs = 3_000;
  #freezeMs = 6_000;

  constructor(network: TcpProxy, random: Random) {
    this.#network = network;
    this.#random = random;
  }

  step(nowMs: number): void {
    if (nowMs >= this.#cutMs) {
      this.#cutMs = nowMs + between(this.#random, 2_000, 8_000);
      this.counts.cuts += this.#network.links.length;
      for (const link of this.#network.links) link.cut();
    } else if (nowMs >= this.#freezeMs) {
      this.#freezeMs = nowMs + between(this.#random, 8_000, 16_000);
      this.#cutMs = Math.max(this.#cutMs, nowMs + 6_000);
      this.counts.freezes += this.#network.links.length;
      for (const link of this.#network.links) link.freeze();
    }
  }
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => systemClock.after(ms, resolve));
}
