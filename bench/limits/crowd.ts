/**
 * Crowd: is everybody answered soon, and is no slot idle, when ten times more come than can be heard?
 *
 * All come within a second, which is as fast as their own client can be started here, and whoever has been heard is followed by the next one; those who are refused
 * come again as their client does. An answer is the first that an attempt hears: `ready`, `queued`,
 * `error`, or 503; from the beginning of its connection on.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sumOf } from '../chaos/sums.ts';
import { quantile } from '../quantile.ts';
import { atLeast, atMost } from '../target.ts';
import type { SlotLook } from './goodput.ts';
import { goodputOf } from './goodput.ts';
import type { Part } from './part.ts';
import { countsOf, pause } from './part.ts';
import { Phone } from './phone.ts';
import { Rig } from './rig.ts';
import type { Speech } from './speech.ts';
import { speechesOf } from './speech.ts';

const SLOTS = 40;
/** So many more than slots come at once, and are there all the time. */
const TIMES = 10;
const FRAME_MS = 500;
const SPEAK_MS = 10_000;
const CROWD_MS = 30_000;
const ARRIVE_MS = 1_000;
const LOOK_MS = 250;
const FINISH_MS_MAX = 60_000;
const ANSWER_MS_MAX = 250;
const GOODPUT_MIN = 0.95;
/** Of all sessions, how many may be connected to a worker, and how many may wait there: so that all refusals occur. */
const SESSIONS_SHARE = 0.45;
const QUEUE_SHARE = 0.3;
const QUEUE_WAIT_MS_MAX = 8_000;

interface Answer {
  readonly afterMs: number;
  /** A message's type, or what kept it from coming. */
  readonly what: string;
}

/** A phone, and what each of its attempts was answered. */
class Guest {
  readonly phone: Phone;
  readonly answers: Answer[] = [];
  /** Refused without being told when to come again. */
  unguided = 0;
  /** Ended before it had an answer, by nothing that is one. */
  unanswered = 0;
  #askedMs: number | undefined;

  constructor(url: string, speech: Speech) {
    this.phone = new Phone({
      url,
      speech,
      onMessage: ({ type }) => this.#answered(type),
      onState: (state) => {
        if (state.state === 'connecting') this.#askedMs = performance.now();
        if (state.state !== 'reconnecting') return;
        const { code, status, retryAfterMs } = state.why;
        const isRefusal = status === 503 || code === 'overloaded';
        if (isRefusal && retryAfterMs === undefined) this.unguided += 1;
        if (isRefusal) this.#answered(`${status ?? code}`);
        if (this.#askedMs !== undefined) this.unanswered += 1;
      },
    });
  }

  #answered(what: string): void {
    if (this.#askedMs === undefined) return;
    this.answers.push({ afterMs: performance.now() - this.#askedMs, what });
    this.#askedMs = undefined;
  }
}

/** Says its speech, and is followed by the next, until it is late; then it leaves. */
async function come(
  url: string,
  speech: Speech,
  untilMs: number,
  guests: Guest[],
): Promise<string[]> {
  const wrong: string[] = [];
  while (performance.now() < untilMs) {
    const guest = new Guest(url, speech);
    guests.push(guest);
    const { phone } = guest;
    const isOver = pause(untilMs - performance.now()).then(() => 'over' as const);
    const talk = async (): Promise<string[]> => {
      await phone.ready();
      await phone.speak(SPEAK_MS);
      return await phone.finish(FINISH_MS_MAX);
    };
    const faults = await Promise.race([talk().catch((error: unknown) => [String(error)]), isOver]);
    if (faults === 'over') phone.close();
    else wrong.push(...faults);
  }
  return wrong;
}

/** With `times` as many sessions as slots. */
export async function crowd(scale: number, times = TIMES) {
  const slots = Math.ceil(SLOTS * scale);
  const sessions = slots * times;
  const settings = {
    // With the reserve for overlaps.
    EARSHOT_SLOTS_MAX: String(slots + Math.max(1, Math.ceil(slots * 0.03))),
    EARSHOT_SESSIONS_MAX: String(Math.ceil(sessions * SESSIONS_SHARE)),
    EARSHOT_QUEUE_MAX: String(Math.ceil(sessions * QUEUE_SHARE)),
    EARSHOT_QUEUE_WAIT_MS_MAX: String(QUEUE_WAIT_MS_MAX),
  };
  return await Rig.with({ settings }, async (rig) => {
    const speeches = speechesOf(20, { ms: SPEAK_MS, frameMs: FRAME_MS });
    const fromMs = performance.now();
    const guests: Guest[] = [];
    const all = Array.from({ length: sessions }, (_, n) => {
      const speech = speeches[n % speeches.length];
      if (speech === undefined) throw new Error('there is no speech');
      const arrival = pause((n * ARRIVE_MS) / sessions);
      return arrival.then(() => come(rig.url, speech, fromMs + CROWD_MS, guests));
    });
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const looks: SlotLook[] = [];
    let metrics = '';
    while (performance.now() < fromMs + CROWD_MS) {
      metrics = await rig.metrics();
      looks.push({
        atMs: performance.now() - fromMs,
        used: sumOf(metrics, 'earshot_slots_used'),
        limit: slots,
        depth: sumOf(metrics, 'earshot_slot_queue_depth'),
      });
      await pause(LOOK_MS);
    }
    delay.disable();
    const wrong = (await Promise.all(all)).flat();
    const streams = rig.emulator.ended.map(({ openMs, how, firstWord }) => ({
      openMs,
      isHeard: how === 'OK' && firstWord !== undefined,
    }));
    const goodput = goodputOf(looks, streams);
    const answers = guests.flatMap((guest) => guest.answers);
    const waits = answers.map(({ afterMs }) => afterMs);
    const total = (of: 'unguided' | 'unanswered'): number =>
      guests.reduce((sum, guest) => sum + guest[of], 0);
    const figures = {
      slots,
      sessions: guests.length,
      answers: countsOf(answers.map(({ what }) => what)),
      answerMs: { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99), max: Math.max(...waits) },
      clientDelayP99Ms: delay.percentile(99) / 1e6 - 10,
      unguided: total('unguided'),
      unanswered: total('unanswered'),
      ...goodput,
      transcribedS: sumOf(metrics, 'earshot_audio_seconds_total', 'fate="transcribed"'),
      finished: sumOf(metrics, 'earshot_session_ends_total', 'code="finished"'),
      refused: sumOf(metrics, 'earshot_slots_refused_total'),
      errors: countsOf(guests.flatMap(({ phone }) => phone.errors)),
      wrong: wrong.slice(0, 20),
      overload: rig.overload,
    };
    return {
      figures,
      targets: [
        atMost('attempts that ended without an answer', 0, figures.unanswered),
        atMost('refusals that do not say when to come again', 0, figures.unguided),
        atMost('from the connection to the answer, p99, ms', ANSWER_MS_MAX, figures.answerMs.p99),
        atLeast(
          'slots held by sessions that were heard while others waited, %',
          GOODPUT_MIN * 100,
          goodput.goodput === undefined ? undefined : goodput.goodput * 100,
        ),
        atLeast('time in which others waited, s', (CROWD_MS / 1000) * 0.8, goodput.waitedS),
        atMost('sentences about what sessions that were heard were told wrong', 0, wrong.length),
      ],
    };
  });
}

export const CROWD: Part = {
  name: 'crowd',
  question: 'is everybody answered, and no slot idle, when ten times more come than can be heard?',
  run: (scale) => crowd(scale),
};
