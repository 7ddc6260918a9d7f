/**
 * Readers: do those who read slowly, or not at all, cost the others anything, and what are they told?
 *
 * Rounds in turn: in A all phones read, in B one in six stops reading or reads 1,000 bytes a second, by
 * a proxy before the server, and goes on sending. In both the same phones go by way of the proxy. Who
 * stops is told so (4008); 1,000 bytes a second may do for what there is to say.
 */

import { MANNER } from '../../test/emulator/transcriber.ts';
import { TcpProxy } from '../../test/fakes/tcp-proxy.ts';
import { sumOf } from '../chaos/sums.ts';
import { atLeast, atMost } from '../target.ts';
import { compare, latenessOf } from './late.ts';
import type { Measured, Part } from './part.ts';
import { countsOf, pause, until } from './part.ts';
import { Phone } from './phone.ts';
import { Rig } from './rig.ts';
import type { Speech } from './speech.ts';
import { RATE, speechesOf } from './speech.ts';

const ROUNDS = ['A', 'B', 'A', 'B'] as const;
const NORMAL = 100;
const SLOW = 20;
const FRAME_MS = 100;
/** Finals come often, so that there are enough of them. */
const BREATH_EVERY = 3;
const SPEAK_MS = 20_000;
/** Finals due after it may wait for audio that is never said: the last of it fills no chunk. */
const DUE_MS_MAX = SPEAK_MS - 500;
const STARTS_MS = 2_000;
/** By then each has had a final, and said so. */
const SLOW_AFTER_MS = 5_000;
const BYTES_PER_SECOND = 1_000;
/** A reader is slow from here on. */
const UNSEEN_MS_MAX = 3_000;
/** How long those who were slow may take to be told why, and to come back. */
const BACK_MS_MAX = 20_000;
const FINISH_MS_MAX = 30_000;
/** The client itself would take a silent connection for lost. */
const QUIET_MS_MAX = 60_000;
const EXCESS_MAX = 0.1;

type Kind = (typeof ROUNDS)[number];

interface Round {
  readonly kind: Kind;
  readonly lateMs: number[];
  /** Of those that were slow: why their connections ended, as the client knows it. */
  readonly errors: readonly string[];
  readonly told: number;
  readonly wrong: readonly string[];
}

class Readers {
  readonly #rig: Rig;
  readonly #proxy: TcpProxy;
  readonly #speeches: readonly Speech[];

  constructor(rig: Rig, proxy: TcpProxy, speeches: readonly Speech[]) {
    this.#rig = rig;
    this.#proxy = proxy;
    this.#speeches = speeches;
  }

  async run(kind: Kind, normal: number, slow: number): Promise<Round> {
    const byProxy = `ws://127.0.0.1:${this.#proxy.port}/v1/stream`;
    const talks: Promise<void>[] = [];
    const phones = Array.from({ length: normal + slow }, (_, n) => {
      const url = n < normal ? this.#rig.url : byProxy;
      const speech = this.#speeches[n % this.#speeches.length];
      if (speech === undefined) throw new Error('there is no speech');
      const phone = new Phone({ url, speech, quietMsMax: QUIET_MS_MAX });
      talks.push(this.#talk(phone, (n * STARTS_MS) / (normal + slow)));
      return { phone, speech };
    });
    const others = phones.slice(0, normal);
    const slows = phones.slice(normal).map(({ phone }) => phone);
    await pause(SLOW_AFTER_MS);
    const links = this.#proxy.links;
    if (kind === 'B') {
      for (const [n, link] of links.entries()) {
        if (n % 2 === 0) link.stall('down');
        else link.slow('down', BYTES_PER_SECOND);
      }
    }
    await Promise.all(talks);
    const isTold = ({ errors }: Phone): boolean => errors.includes('4008 slow_consumer');
    if (kind === 'B') {
      for (const link of links) {
        link.slow('down', Number.POSITIVE_INFINITY);
        link.flow('down');
      }
      await until(() => slows.every(isTold), BACK_MS_MAX);
    }
    const wrong = await Promise.all(phones.map(({ phone }) => phone.finish(FINISH_MS_MAX)));
    const lateMs = others.flatMap(({ phone: { fromMs, finals }, speech: { words } }) =>
      latenessOf(
        { words, rate: RATE, frameMs: FRAME_MS, fromMs, finals },
        MANNER.finalPauseMs,
        DUE_MS_MAX,
      ),
    );
    return {
      kind,
      lateMs,
      errors: slows.flatMap(({ errors }) => errors),
      told: slows.filter(isTold).length,
      wrong: wrong.flat(),
    };
  }

  async #talk(phone: Phone, waitMs: number): Promise<void> {
    await phone.ready();
    await pause(waitMs);
    await phone.speak(SPEAK_MS);
  }
}

async function readers(scale: number): Promise<Measured> {
  const [normal, slow] = [Math.ceil(NORMAL * scale), Math.ceil(SLOW * scale)];
  const settings = { EARSHOT_UNSEEN_MS_MAX: String(UNSEEN_MS_MAX) };
  return await Rig.with({ settings }, async (rig) => {
    const proxy = await TcpProxy.listen(rig.port);
    try {
      const speech = { ms: SPEAK_MS, frameMs: FRAME_MS, breathEvery: BREATH_EVERY };
      const fleet = new Readers(rig, proxy, speechesOf(20, speech));
      const rounds: Round[] = [];
      for (const kind of ROUNDS) rounds.push(await fleet.run(kind, normal, slow));
      return measuredOf(rounds, slow, await rig.metrics());
    } finally {
      await proxy.close();
    }
  });
}

function measuredOf(rounds: readonly Round[], slow: number, metrics: string): Measured {
  const late = (kind: Kind): number[][] =>
    rounds.filter((round) => round.kind === kind).map(({ lateMs }) => lateMs);
  const compared = compare(late('A'), late('B'));
  const slowRounds = rounds.filter(({ kind }) => kind === 'B');
  const told = slowRounds.reduce((sum, round) => sum + round.told, 0);
  const wrong = rounds.flatMap((round) => round.wrong);
  const figures = {
    ...compared,
    finals: { A: late('A').flat().length, B: late('B').flat().length },
    told,
    ends: sumOf(metrics, 'earshot_session_ends_total', 'code="slow_consumer"'),
    errors: countsOf(slowRounds.flatMap(({ errors }) => errors)),
    wrong: wrong.slice(0, 20),
  };
  const stopped = Math.ceil(slow / 2) * slowRounds.length;
  const percent = (share: number | undefined): number | undefined =>
    share === undefined ? undefined : share * 100;
  return {
    figures,
    targets: [
      atMost(
        'p99 of the others with slow readers, beyond that without, %',
        EXCESS_MAX * 100,
        percent(compared.excess),
      ),
      atLeast('readers told 4008 slow_consumer: all that stopped', stopped, told),
      atMost('sentences about what was told wrong, slow readers included', 0, wrong.length),
    ],
  };
}

export const READERS: Part = {
  name: 'readers',
  question: 'do those who read slowly cost the others anything?',
  run: readers,
};
