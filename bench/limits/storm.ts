/**
 * Storm: does a fleet whose connections all break at one moment come back, with nothing lost?
 *
 * The phones are this process's own: their client, with its backoff, its tokens and its store. They
 * send a second in a frame and want no interims, so that they are not what is slow.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { quantile } from '../quantile.ts';
import { atLeast, atMost } from '../target.ts';
import type { Measured, Part } from './part.ts';
import { countsOf, pause, until } from './part.ts';
import { Phone } from './phone.ts';
import { Rig } from './rig.ts';
import { speechesOf } from './speech.ts';

const SESSIONS = 2_000;
/** Each says a second in four, as by push-to-talk: on two cores not that many can speak all the time. */
const FRAME_MS = 1_000;
const EVERY_MS = 4_000;
/** Over which they come, so that their frames are spread too. */
const RAMP_MS = 10_000;
/** From when all are there to the cut, and from the cut to the last frame. */
const BEFORE_MS = 6_000;
const AFTER_MS = 12_000;
const RESUMED_MS_MAX = 10_000;
const FINISH_MS_MAX = 40_000;
const SPEECHES = 25;

interface Back {
  readonly afterMs: number;
  readonly by: string;
}

async function storm(scale: number): Promise<Measured> {
  const sessions = Math.ceil(SESSIONS * scale);
  const settings = { EARSHOT_SLOTS_MAX: String(Math.ceil(sessions * 1.2)) };
  return await Rig.with({ settings }, async (rig) => {
    const ms = RAMP_MS + BEFORE_MS + AFTER_MS;
    const speeches = speechesOf(SPEECHES, { ms: (ms * FRAME_MS) / EVERY_MS, frameMs: FRAME_MS });
    let cutMs = Number.POSITIVE_INFINITY;
    const back = new Map<number, Back>();
    const delay = monitorEventLoopDelay({ resolution: 10 });
    const cpu = await rig.cpuSeconds();
    const own = process.cpuUsage();
    const fromMs = performance.now();
    const phones: Phone[] = [];
    const talks = Array.from({ length: sessions }, async (_, n) => {
      await pause((n * RAMP_MS) / sessions);
      const speech = speeches[n % SPEECHES];
      if (speech === undefined) throw new Error('there is no speech');
      const phone = new Phone({
        url: rig.url,
        speech,
        fields: { interim: false },
        onState: (state) => {
          if (state.state !== 'resumed' || cutMs > performance.now() || back.has(n)) return;
          back.set(n, { afterMs: performance.now() - cutMs, by: state.by });
        },
      });
      phones.push(phone);
      await phone.ready().catch(() => undefined);
      await phone.speak(fromMs + ms - performance.now(), EVERY_MS);
    });
    await pause(RAMP_MS + BEFORE_MS);
    await until(() => phones.length === sessions, RAMP_MS);
    const disturbed = phones.filter(({ states }) => states.length > 2).length;
    delay.enable();
    cutMs = performance.now();
    for (const phone of phones) phone.wire.cut();
    await Promise.all(talks);
    delay.disable();
    const wrong = await Promise.all(phones.map((phone) => phone.finish(FINISH_MS_MAX)));
    const faults = wrong.flat();
    const seconds = (performance.now() - fromMs) / 1000;
    const after = await rig.cpuSeconds();
    const used = process.cpuUsage(own);
    const waits = [...back.values()].map(({ afterMs }) => afterMs);
    const figures = {
      sessions: phones.length,
      disturbed,
      resumed: back.size,
      by: countsOf([...back.values()].map(({ by }) => by)),
      resumedMs: { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99), max: Math.max(...waits) },
      gaps: phones.reduce((sum, { gaps }) => sum + gaps, 0),
      faults: faults.slice(0, 20),
      errors: countsOf(phones.flatMap(({ errors }) => errors)),
      overload: rig.overload,
      clientDelayP99Ms: delay.percentile(99) / 1e6 - 10,
      cpuShare: {
        server: (after.server - cpu.server) / seconds,
        emulator: (after.emulator - cpu.emulator) / seconds,
        phones: (used.user + used.system) / 1e6 / seconds,
      },
    };
    return {
      figures,
      targets: [
        atLeast('sessions that were cut at one moment', sessions, phones.length),
        atLeast('sessions resumed', sessions, back.size),
        atMost('the last one resumed, s', RESUMED_MS_MAX / 1000, Math.max(...waits) / 1000),
        atMost('sessions told something wrong', 0, wrong.filter(({ length }) => length > 0).length),
        atMost('gaps', 0, figures.gaps),
      ],
    };
  });
}

export const STORM: Part = {
  name: 'storm',
  question: 'do 2,000 sessions come back when all connections break at once?',
  run: storm,
};
