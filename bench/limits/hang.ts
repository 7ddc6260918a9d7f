/**
 * Hang: is memory bounded while the recognizer hangs, and is anything lost by it?
 *
 * The emulator's process is stopped (SIGSTOP) while a fleet speaks, and goes on later. No limit of
 * Google's for streams without audio is to strike when it does: the hang alone is tried.
 */

import { sumOf } from '../chaos/sums.ts';
import { quantile } from '../quantile.ts';
import { atLeast, atMost } from '../target.ts';
import type { Measured, Part } from './part.ts';
import { countsOf, pause } from './part.ts';
import { Phone } from './phone.ts';
import { Rig } from './rig.ts';
import type { Speech } from './speech.ts';
import { speechesOf } from './speech.ts';

const SESSIONS = 2_000;
/** Each says a second in four, as by push-to-talk: on two cores not that many can speak all the time. */
const FRAME_MS = 1_000;
const EVERY_MS = 4_000;
const RAMP_MS = 10_000;
const BEFORE_MS = 6_000;
const HANG_MS = 18_000;
const AFTER_MS = 8_000;
const FINISH_MS_MAX = 90_000;
const LOOK_MS = 1_000;
const SPEECHES = 25;
const MB = 2 ** 20;
/** For each worker: what all sessions have in use without a hang, and some seconds more. */
const TAPE_BYTES_MAX = 28 * MB;
/** Memory beyond the tape's bound that a hang may take: what V8 has not yet collected, and sockets. */
const RSS_SHARE_MAX = 2;

interface Look {
  readonly atMs: number;
  readonly tapeMb: number;
  readonly workers: number;
  readonly rssMb: number | undefined;
}

/** Phones that speak, each with the window that it was last told. */
class Fleet {
  readonly phones: Phone[] = [];
  readonly windowsMs: number[] = [];
  readonly #talks: Promise<void>[] = [];

  constructor(url: string, sessions: number, speeches: readonly Speech[], ms: number) {
    const untilMs = performance.now() + ms;
    for (let n = 0; n < sessions; n++) {
      const waitMs = (n * RAMP_MS) / sessions;
      this.#talks.push(this.#talk(n, waitMs, url, speeches[n % speeches.length], untilMs));
    }
  }

  async spoken(): Promise<void> {
    await Promise.all(this.#talks);
  }

  async #talk(
    n: number,
    waitMs: number,
    url: string,
    speech: Speech | undefined,
    untilMs: number,
  ): Promise<void> {
    if (speech === undefined) return;
    await pause(waitMs);
    const phone = new Phone({
      url,
      speech,
      fields: { interim: false },
      onMessage: (message) => {
        if (message.type === 'ready' || message.type === 'ack')
          this.windowsMs[n] = message.windowMs;
      },
    });
    this.phones.push(phone);
    await phone.ready().catch(() => undefined);
    await phone.speak(untilMs - performance.now(), EVERY_MS);
  }
}

async function lookAt(rig: Rig, fromMs: number): Promise<Look> {
  const [text, rssMb] = await Promise.all([rig.metrics(), rig.rssMb()]);
  return {
    atMs: Math.round(performance.now() - fromMs),
    tapeMb: sumOf(text, 'earshot_tape_bytes') / MB,
    workers: sumOf(text, 'earshot_workers'),
    rssMb,
  };
}

async function hang(scale: number): Promise<Measured> {
  const sessions = Math.ceil(SESSIONS * scale);
  const tapeBytesMax = Math.ceil(TAPE_BYTES_MAX * scale);
  const settings = {
    EARSHOT_SLOTS_MAX: String(Math.ceil(sessions * 1.2)),
    EARSHOT_TAPE_BYTES_MAX: String(tapeBytesMax),
    EARSHOT_WINDOW_MS: '2000',
  };
  const emulator = ['--idle-ms=120000'];
  return await Rig.with({ settings, emulator }, async (rig) => {
    const ms = RAMP_MS + BEFORE_MS + HANG_MS + AFTER_MS;
    const fleet = new Fleet(
      rig.url,
      sessions,
      speechesOf(SPEECHES, { ms: (ms * FRAME_MS) / EVERY_MS, frameMs: FRAME_MS }),
      ms,
    );
    await pause(RAMP_MS + BEFORE_MS);
    const looks = [await lookAt(rig, performance.now())];
    const fromMs = performance.now();
    process.kill(rig.emulator.pid, 'SIGSTOP');
    let closedMax = 0;
    while (performance.now() < fromMs + HANG_MS) {
      await pause(LOOK_MS);
      looks.push(await lookAt(rig, fromMs));
      const closed = fleet.windowsMs.filter((windowMs) => windowMs < FRAME_MS).length;
      closedMax = Math.max(closedMax, closed);
    }
    process.kill(rig.emulator.pid, 'SIGCONT');
    await fleet.spoken();
    looks.push(await lookAt(rig, fromMs));
    const { phones } = fleet;
    const finishFromMs = performance.now();
    const tooks: number[] = [];
    const wrong = await Promise.all(
      phones.map(async (phone) => {
        const faults = await phone.finish(FINISH_MS_MAX);
        tooks.push((performance.now() - finishFromMs) / 1000);
        return faults;
      }),
    );
    const text = await rig.metrics();
    const workers = looks[0]?.workers ?? 1;
    const boundMb = (workers * tapeBytesMax) / MB;
    const rss = looks.flatMap(({ rssMb }) => (rssMb === undefined ? [] : [rssMb]));
    const rssGrownMb = Math.max(...rss) - (rss[0] ?? Number.NaN);
    const gaps = phones.reduce((sum, { gaps }) => sum + gaps, 0);
    const figures = {
      sessions: phones.length,
      looks,
      boundMb,
      closedMax,
      rssGrownMb,
      gaps,
      finishS: { p50: quantile(tooks, 0.5), max: Math.max(...tooks) },
      overrunS: sumOf(text, 'earshot_audio_seconds_total', 'fate="overrun"'),
      upstreamS: sumOf(text, 'earshot_audio_seconds_total', 'fate="upstream"'),
      retries: sumOf(text, 'earshot_streams_total', 'cause="retry"'),
      faults: wrong.flat().slice(0, 20),
      errors: countsOf(phones.flatMap(({ errors }) => errors)),
      overload: rig.overload,
    };
    return {
      figures,
      targets: [
        atLeast('sessions that spoke while the recognizer hung', sessions, phones.length),
        atMost(
          'audio on tapes and windows granted, MB',
          boundMb,
          Math.max(...looks.map(({ tapeMb }) => tapeMb)),
        ),
        atLeast('sessions told to hold back (a window below a frame)', sessions, closedMax),
        atMost('memory (RSS) that the hang took, MB', boundMb * RSS_SHARE_MAX, rssGrownMb),
        atMost('audio dropped by the server, s', 0, figures.overrunS + figures.upstreamS),
        atMost('gaps', 0, gaps),
        atMost('sessions told something wrong', 0, wrong.filter(({ length }) => length > 0).length),
      ],
    };
  });
}

export const HANG: Part = {
  name: 'hang',
  question: 'is memory bounded while the recognizer hangs, and is anything lost?',
  run: hang,
};
