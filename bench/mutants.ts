/**
 * Mutants: does any session that makes no sense crash the server, hang it, or get an answer that nobody has
 * written down?
 *
 *   npm run mutants -- [--messages 1000000] [--bytes 20000] [--seed 1]
 *
 * As messages they go to the door in virtual time, with all that is behind it; as bytes, framing included,
 * to a server of its own, over TCP, beside a session that must go on. A seed says what is wrong with each.
 */
import { parseArgs } from 'node:util';
import { MutantRig } from '../test/fakes/mutant-rig.ts';
import { bytesOf } from '../test/fakes/mutator.ts';
import { OP, RawSocket } from '../test/fakes/raw-socket.ts';
import { startServerProcess } from './server-process.ts';

const SETTLE_EVERY = 10_000;
const HANG_MS_MAX = 1_000;
/** Connections at once. */
const LANES = 16;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function asMessages(count: number, first: number): Promise<number> {
  const rig = new MutantRig(() => performance.now());
  const fromMs = performance.now();
  for (let n = 0; n < count; n++) {
    rig.run(first + n);
    if (n % SETTLE_EVERY === SETTLE_EVERY - 1) await rig.settle();
  }
  await rig.settle();
  const seconds = (performance.now() - fromMs) / 1_000;
  say(
    `as messages: ${count} in ${seconds.toFixed(0)} s, the slowest ${rig.slowestMs.toFixed(1)} ms`,
  );
  say(`  ended by ${JSON.stringify(rig.ends)}`);
  return rig.slowestMs > HANG_MS_MAX ? 1 : 0;
}

async function asBytes(count: number, first: number): Promise<number> {
  const settings = { EARSHOT_RECOGNIZER: 'embedded', EARSHOT_RESUME_GRACE_MS_MAX: '0' };
  const server = await startServerProcess({ ...settings, EARSHOT_LOG_LEVEL: 'error' });
  const port = Number(new URL(server.url).port);
  const neighbour = await RawSocket.open(port);
  neighbour.say({ type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000 });
  await neighbour.next('ready');
  const alive = setInterval(() => neighbour.frame(OP.binary, new Uint8Array(3_200)), 100);
  let [next, hung, slowestMs] = [first, 0, 0];
  const lane = async (): Promise<void> => {
    while (next < first + count) {
      const { request, frames } = bytesOf(next++);
      const socket = new RawSocket(port);
      socket.write(request);
      socket.write(frames);
      const fromMs = performance.now();
      socket.half();
      await socket.ended;
      const ms = performance.now() - fromMs;
      slowestMs = Math.max(slowestMs, ms);
      if (ms > HANG_MS_MAX) hung += 1;
    }
  };
  const fromMs = performance.now();
  await Promise.all(Array.from({ length: LANES }, lane));
  const seconds = (performance.now() - fromMs) / 1_000;
  clearInterval(alive);
  neighbour.say({ type: 'finish' });
  const summary = await neighbour.next('summary');
  say(
    `as bytes: ${count} in ${seconds.toFixed(0)} s, the slowest ${slowestMs.toFixed(0)} ms, ${hung} over ${HANG_MS_MAX} ms`,
  );
  say(`  the session beside them: ${JSON.stringify(summary) ?? 'LOST'}`);
  await server.stop();
  return hung + (summary === undefined ? 1 : 0);
}

const options = {
  messages: { type: 'string', default: '1000000' },
  bytes: { type: 'string', default: '20000' },
  seed: { type: 'string', default: '1' },
} as const;
const { values } = parseArgs({ options });
const first = Number(values.seed);
const wrong =
  (await asMessages(Number(values.messages), first)) + (await asBytes(Number(values.bytes), first));
say(wrong === 0 ? 'no crash, no hang, no answer but those that are documented' : `${wrong} WRONG`);
process.exit(wrong === 0 ? 0 : 1);
