/**
 * Attack: do floods and slow attackers cost those anything who speak beside them?
 *
 *   npm run attack -- [NAME ...] [--phones 200] [--json FILE]
 *
 * On loopback, and bounded: the server, the emulator as Google, phones that speak at the pace of speech,
 * and one attacker at a time, each in a process of its own. Rounds in turn, without and with; without
 * names, all attacks of attack/attacks.ts. Besides: how long a connection may ask for nothing.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { signToken } from '../src/edge/jwt.ts';
import { MANNER } from '../test/emulator/transcriber.ts';
import { RawSocket } from '../test/fakes/raw-socket.ts';
import { ATTACKS } from './attack/attacks.ts';
import { startChild } from './child.ts';
import { compare, latenessOf } from './limits/late.ts';
import { pause } from './limits/part.ts';
import { Phone } from './limits/phone.ts';
import { Rig } from './limits/rig.ts';
import type { Speech } from './limits/speech.ts';
import { RATE, speechesOf } from './limits/speech.ts';
import type { Target } from './target.ts';
import { atMost, targetLine } from './target.ts';

const ATTACKER = fileURLToPath(new URL('./attack/attacker.js', import.meta.url));
const SECRET = 'a-secret-of-the-bench-and-no-other';
const SPEAK_MS = 12_000;
const FRAME_MS = 100;
const STARTS_MS = 1_000;
const FINISH_MS_MAX = 20_000;
const EXCESS_MAX = 0.1;
const GROWTH_MB_MAX = 100;
const SILENT_MS_MAX = 12_500;

const SETTINGS = {
  EARSHOT_AUTH_SECRET: SECRET,
  EARSHOT_WORKERS: '1',
  // As it is by default for addresses that are not this machine's.
  EARSHOT_ADDRESS_CONNECTS_PER_MINUTE_MAX: '1200',
  EARSHOT_ADDRESS_SESSIONS_MAX: '2000',
};

async function tokenOf(sub: string): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return await signToken({ aud: 'earshot', sub, iat: now, exp: now + 3_600 }, { secret: SECRET });
}

interface Round {
  readonly lateMs: readonly number[];
  readonly wrong: readonly string[];
}

/** All phones speak for a while; how late their finals came, and what was wrong with them. */
async function speak(url: string, phones: number, speeches: readonly Speech[]): Promise<Round> {
  const rounds = Array.from({ length: phones }, async (_, n): Promise<Round> => {
    await pause((n * STARTS_MS) / phones);
    const speech = speeches[n % speeches.length];
    if (speech === undefined) throw new Error('there is no speech');
    const phone = new Phone({ url, speech, token: await tokenOf(`phone-${n}`) });
    await phone.ready();
    await phone.speak(SPEAK_MS);
    const { words, frameMs } = speech;
    const said = { words, rate: RATE, frameMs, fromMs: phone.fromMs, finals: phone.finals };
    const wrong = [...(await phone.finish(FINISH_MS_MAX)), ...phone.errors];
    return { lateMs: latenessOf(said, MANNER.finalPauseMs, SPEAK_MS - 500), wrong };
  });
  const all = await Promise.all(rounds);
  return { lateMs: all.flatMap(({ lateMs }) => lateMs), wrong: all.flatMap(({ wrong }) => wrong) };
}

/** How long a connection that asks for nothing is borne. */
async function silentMs(port: number): Promise<number> {
  const fromMs = performance.now();
  await new RawSocket(port).ended;
  return performance.now() - fromMs;
}

async function attacked(
  rig: Rig,
  name: string,
  phones: number,
  speeches: readonly Speech[],
): Promise<{ figures: object; targets: Target[] }> {
  const before = await speak(rig.url, phones, speeches);
  const rss = (await rig.rssMb()) ?? 0;
  const argv = [ATTACKER, name, `${rig.port}`, await tokenOf('attacker')];
  const attacker = await startChild({ argv, upBy: /^attacking/ });
  const during = await speak(rig.url, phones, speeches).finally(() => attacker.stop());
  const grownMb = ((await rig.rssMb()) ?? 0) - rss;
  const after = await speak(rig.url, phones, speeches);
  const { usualP99Ms, otherP99Ms, excess, noise } = compare(
    [[...before.lateMs], [...after.lateMs]],
    [[...during.lateMs]],
  );
  return {
    figures: {
      finals: during.lateMs.length,
      usualP99Ms,
      otherP99Ms,
      excess,
      noise,
      grownMb,
      wrong: during.wrong.slice(0, 3),
    },
    targets: [
      atMost(
        `${name}: p99 of finals beyond the usual, in %`,
        EXCESS_MAX * 100,
        excess === undefined ? undefined : excess * 100,
      ),
      atMost(`${name}: memory grows, MB`, GROWTH_MB_MAX, grownMb),
      atMost(`${name}: sessions harmed`, 0, during.wrong.length),
    ],
  };
}

async function bench(): Promise<boolean> {
  const options = { json: { type: 'string' }, phones: { type: 'string', default: '200' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const names = positionals.length > 0 ? positionals : ATTACKS.map(({ name }) => name);
  const speeches = speechesOf(20, { ms: SPEAK_MS, frameMs: FRAME_MS, breathEvery: 3 });
  const results: Record<string, object> = {};
  const targets: Target[] = [];
  await Rig.with({ settings: SETTINGS }, async (rig) => {
    const silence = atMost(
      'a connection that asks for nothing, ms',
      SILENT_MS_MAX,
      await silentMs(rig.port),
    );
    targets.push(silence);
    process.stdout.write(targetLine(silence));
    for (const name of names) {
      const what = ATTACKS.find((each) => each.name === name)?.what ?? 'no attack';
      process.stdout.write(`${name}: ${what}\n`);
      const { figures, targets: held } = await attacked(rig, name, Number(values.phones), speeches);
      process.stdout.write(`  ${JSON.stringify(figures)}\n`);
      for (const target of held) process.stdout.write(targetLine(target));
      results[name] = figures;
      targets.push(...held);
    }
  });
  if (values.json !== undefined)
    await writeFile(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
  return targets.every(({ holds }) => holds);
}

// Children end with this process, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exit((await bench()) ? 0 : 1);
