/**
 * Seed: sessions on the Google recognizer and the emulator, in virtual time, with faults at random.
 *
 * The audio carries its words, so what the finals say is held against what was spoken. A session that
 * ends by a fault is followed by another one, until the time is over; the same seed gives the same run.
 */
import type { Version } from '../../src/speech/google/driver.ts';
import type { Random } from '../emulator/random.ts';
import { between, randomOf } from '../emulator/random.ts';
import { linear16, Speaker } from '../emulator/voice.ts';
import type { Phone } from '../fakes/session-rig.ts';
import { GoogleSessionRig } from '../speech/google/session-rig.ts';
import type { Schedule } from './schedule.ts';
import { dayOf, scheduleOf } from './schedule.ts';
import { verdictOf } from './verdict.ts';

/** A device whose session has ended waits so long before it begins another. */
const AGAIN_MS = [500, 10_000] as const;
/** So long Google isn't asked again once it has refused the credentials. */
const BREAKER_MS = 30_000;
/** After the last frame: everything has its outcome by then. */
const REST_MS = 90_000;

export interface Outcome {
  /** What was wrong, a sentence each; empty when nothing was. */
  readonly wrong: readonly string[];
  readonly sessions: number;
  readonly words: number;
  readonly gaps: number;
  /** Finals that are marked so: a word at their end may be missing. */
  readonly degraded: number;
  /** How sessions ended. */
  readonly closes: Readonly<Record<string, number>>;
  /** Streams by why they were opened. */
  readonly streams: Readonly<Record<string, number>>;
  /** Where streams were cut. */
  readonly cuts: Readonly<Record<string, number>>;
  /** Scripted faults that struck, by name. */
  readonly faults: Readonly<Record<string, number>>;
}

/** One session of a talker. */
interface Talk {
  readonly phone: Phone;
  readonly speaker: Speaker;
  /** Frames that wait for the window. */
  readonly frames: Uint8Array[];
  sent: number;
}

/** Somebody who speaks until the time is over, in one session after the other. */
class Talker {
  readonly #rig: GoogleSessionRig;
  readonly #schedule: Schedule;
  readonly #random: Random;
  readonly talks: Talk[] = [];
  #restMs = 0;
  #restedMs = 0;

  constructor(rig: GoogleSessionRig, schedule: Schedule, random: Random) {
    this.#rig = rig;
    this.#schedule = schedule;
    this.#random = random;
  }

  /** The next frame. */
  speak(): void {
    const talk = this.#talk;
    if (talk === undefined) {
      this.#rest();
      return;
    }
    const { sampleRateHertz, finalizes, frameMs } = this.#schedule;
    const samples = talk.speaker.read((sampleRateHertz * frameMs) / 1000);
    talk.frames.push(linear16(samples));
    this.#send(talk);
    const isPause = talk.frames.length === 0 && samples.every((sample) => sample === 0);
    if (isPause && this.#random() < finalizes) talk.phone.say({ type: 'finalize' });
  }

  /** A frame's time after the last word. */
  finish(): void {
    const talk = this.#talk;
    if (talk === undefined) return;
    this.#send(talk);
    if (talk.frames.length === 0) talk.phone.say({ type: 'finish' });
  }

  get #talk(): Talk | undefined {
    const talk = this.talks.at(-1);
    return talk?.phone.closed === undefined ? talk : undefined;
  }

  #send(talk: Talk): void {
    const { phone, frames } = talk;
    while (phone.closed === undefined && talk.sent < windowOf(phone, this.#schedule.frameMs)) {
      const frame = frames.shift();
      if (frame === undefined) return;
      talk.sent += 1;
      phone.session.frame(frame);
    }
  }

  /** Waits a while, and longer where it would be refused. */
  #rest(): void {
    const error = this.talks.at(-1)?.phone.last('error');
    const waitMs = error?.code === 'upstream_unavailable' ? BREAKER_MS : 0;
    this.#restedMs += this.#schedule.frameMs;
    if (this.#restedMs >= Math.max(waitMs, this.#restMs)) this.#begin();
  }

  #begin(): void {
    const { sampleRateHertz, plan } = this.#schedule;
    const speaker = new Speaker(plan(this.#random), sampleRateHertz);
    const phone = this.#rig.start({ words: true, sampleRateHertz });
    this.talks.push({ phone, speaker, frames: [], sent: 0 });
    this.#restedMs = 0;
    this.#restMs = between(this.#random, ...AGAIN_MS);
  }
}

/** Frames that may have been sent by now. */
function windowOf(phone: Phone, frameMs: number): number {
  const ack = phone.last('ack');
  const windowMs = ack?.windowMs ?? phone.last('ready')?.windowMs ?? 0;
  return (ack?.received ?? 0) + Math.floor(windowMs / frameMs);
}

/** `minutes` of speech under random faults. */
export function runSeed(seed: number, minutes: number): Promise<Outcome> {
  const random = randomOf(seed);
  return run(scheduleOf(random), random, minutes);
}

/** `minutes` of speech without faults, monologues among it. */
export function runDay(version: Version, minutes: number): Promise<Outcome> {
  return run(dayOf(version), randomOf(1), minutes);
}

async function run(schedule: Schedule, random: Random, minutes: number): Promise<Outcome> {
  const { version, frameMs, rotation, faults, concurrentMax, monologueMsMax } = schedule;
  const rig = new GoogleSessionRig(version, {
    rotation,
    emulator: { faults, random, limits: { concurrentMax }, manner: { monologueMsMax } },
  });
  const talkers = Array.from(
    { length: schedule.sessions },
    () => new Talker(rig, schedule, random),
  );
  for (let at = 0; at < minutes * 60_000; at += frameMs) {
    for (const talker of talkers) talker.speak();
    await rig.clock.advance(frameMs);
  }
  for (let at = 0; at < REST_MS; at += frameMs) {
    for (const talker of talkers) talker.finish();
    await rig.clock.advance(frameMs);
  }
  await rig.close();
  const talks = talkers.flatMap((talker) => talker.talks);
  const finals = talks.flatMap(({ phone }) => phone.all('final'));
  const { open, faults: struck } = rig.emulator.report();
  const closes: Record<string, number> = {};
  for (const { phone } of talks) closes[endOf(phone)] = (closes[endOf(phone)] ?? 0) + 1;
  return {
    wrong: [
      ...talks.flatMap(({ phone, speaker, sent }, n) =>
        verdictOf({
          heard: phone.heard,
          words: speaker.words,
          sampleRateHertz: schedule.sampleRateHertz,
          sentMs: sent * frameMs,
        }).map((sentence) => `session ${n + 1}: ${sentence}`),
      ),
      ...(open.length > 0 ? [`${open.length} streams are open at the emulator`] : []),
      ...('no end' in closes ? ['a session has not ended'] : []),
    ],
    sessions: talks.length,
    words: talks.reduce((sum, { speaker }) => sum + speaker.words.length, 0),
    gaps: talks.reduce((sum, { phone }) => sum + phone.all('gap').length, 0),
    degraded: finals.filter(({ degraded }) => degraded === true).length,
    closes,
    streams: rig.metrics.streams,
    cuts: rig.metrics.cuts,
    faults: struck,
  };
}

function endOf(phone: Phone): string {
  if (phone.closed === undefined) return 'no end';
  return phone.last('error')?.code ?? 'finished';
}
