#!/usr/bin/env node
/**
 * Main: the command line. Reads the environment, and hands each command what it needs.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { systemRandom } from './chance.ts';
import { systemClock } from './clock.ts';
import { collectSeldom } from './collector.ts';
import { check, nodeProblem } from './command/check.ts';
import { Departure } from './command/departure.ts';
import { serveFleet, workersOf } from './command/fleet.ts';
import type { Served } from './command/serve.ts';
import { serve } from './command/serve.ts';
import { streamCommand } from './command/stream.ts';
import type { TokenFlags } from './command/token.ts';
import { tokenCommand } from './command/token.ts';
import { WorkerRun } from './command/worker.ts';
import { readConfig, SECRETS } from './config.ts';
import { EarshotError } from './errors.ts';
import { forkedBy } from './fleet/process.ts';
import { uplinkOf } from './fleet/uplink.ts';
import { complaints, newLog, onUnread, terminal } from './log.ts';

const MAIN = fileURLToPath(import.meta.url);
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** As sysexits.h has it: the configuration is wrong. */
const EXIT_CONFIG = 78;

/**
 * The environment, from which what is secret is then gone: a report of a crash would show it, and
 * whatever this process starts would have it. Workers are given what is returned.
 */
function takeEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of SECRETS) delete process.env[name];
  return env;
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}

async function runServer(): Promise<void> {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) throw new EarshotError('native_missing', 'edge', problem);
  const env = takeEnvironment();
  const config = readConfig(env);
  collectSeldom();
  const log = newLog(config.logLevel);
  const clock = systemClock;
  let departure: Departure | undefined;
  let begin: (begun: Departure) => void = () => undefined;
  const begun = new Promise<Departure>((resolve) => {
    begin = resolve;
  });
  // Who is told to go away before it has begun has nothing to finish.
  const told = (name: (typeof SIGNALS)[number]): void =>
    departure === undefined ? process.exit(0) : departure.signal(name);
  for (const name of SIGNALS) process.on(name, () => told(name));
  const onDrain = (): void => void begun.then((known) => known.drain());
  const known = { config, clock, random: systemRandom, log, terminal, env, version: version() };
  const parts = { ...known, onDrain };
  const server: Served =
    workersOf(config, env) === 1
      ? await serve(parts)
      : await serveFleet({ ...parts, start: forkedBy(MAIN, 'worker', env), onFailed: fail });
  const abandon = (): never => {
    server.kill?.();
    process.exit(1);
  };
  // Without files of which it tells, it says as ever that the terminal is gone.
  if (config.tlsCertFile !== undefined || config.authKeysFile !== undefined) {
    process.on('SIGHUP', () => server.renew());
  }
  departure = new Departure({ server, clock, config, terminal, exitAfter, abandon });
  begin(departure);
}

/** What a supervisor starts. Signals are for the supervisor: a terminal sends them to every process. */
async function runWorker(): Promise<void> {
  const env = takeEnvironment();
  const config = readConfig(env);
  collectSeldom();
  const log = newLog(config.logLevel);
  for (const name of [...SIGNALS, 'SIGHUP']) process.on(name, () => undefined);
  const exit = (code: number): never => process.exit(code);
  const parts = { config, clock: systemClock, random: systemRandom, log, env, exit };
  await new WorkerRun({ ...parts, newUplink: uplinkOf }).start();
}

function exitAfter(ending: Promise<void>): void {
  ending.then(() => process.exit(0), fail);
}

interface StreamFlags {
  readonly url: string;
  readonly speed: number;
  readonly json: boolean;
  readonly language: string;
  readonly rate?: number;
  readonly token?: string;
}

async function runStream(file: string, flags: StreamFlags): Promise<void> {
  const stop = new AbortController();
  // The first Ctrl-C ends the input, and what was said still comes; the second ends the process.
  process.once('SIGINT', () => stop.abort());
  const { stdin } = process;
  const ports = { clock: systemClock, terminal, complaints, stdin, stop: stop.signal };
  const token = flags.token ?? process.env['EARSHOT_TOKEN'];
  process.exitCode = await streamCommand({ ...flags, file, token }, ports);
}

async function runToken(flags: TokenFlags): Promise<void> {
  await tokenCommand(flags, readConfig(process.env), systemClock, terminal);
}

async function runCheck(): Promise<void> {
  const good = await check(readConfig(process.env), terminal, process.env);
  process.exitCode = good ? 0 : 1;
}

/** What was thrown, in a sentence; a bug keeps its stack. */
function fail(error: unknown): never {
  const known = error instanceof EarshotError;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  complaints.write(`earshot: ${known ? error.message : stack}\n`);
  process.exit(known && error.code === 'config_invalid' ? EXIT_CONFIG : 1);
}

const program = new Command('earshot')
  .description('An edge server for live speech: audio in by WebSocket, transcripts out meanwhile.')
  .version(version());
program
  .command('serve')
  .description('run the server; settings are environment variables, see the README')
  .action(runServer);
program
  .command('worker', { hidden: true })
  .description('one process of a server; `serve` starts it')
  .action(runWorker);
program
  .command('check')
  .description('say what would run here, what is wrong, and what to do about it')
  .action(runCheck);

program
  .command('token')
  .description('make a token for a trial, or the keys for it; EARSHOT_AUTH_SECRET signs, or --key')
  .option('--sub <device>', 'the device', 'test-device')
  .option('--fleet <fleet>', 'its fleet')
  .option('--lifetime <seconds>', 'how long it is good for', Number, 3_600)
  .option('--sessions <count>', 'connections that it allows at once', Number)
  .option('--audio-minutes <minutes>', 'audio that may be sent with it', Number)
  .option('--key <file>', 'private key (PEM) that signs')
  .option('--algorithm <name>', 'of the key: RS256, ES256 or EdDSA', 'ES256')
  .option('--device-key', 'print the key by which the device signs its frames instead', false)
  .option('--fleet-secret', 'print what a backend makes such keys of for its fleet instead', false)
  .option('--new-secret', 'print a fresh secret for EARSHOT_AUTH_SECRET instead', false)
  .option('--new-keys <name>', 'write NAME.private.pem and NAME.public.pem instead')
  .action(runToken);

program
  .command('stream')
  .description('transcribe a file or standard input through a running server')
  .argument('<file>', 'a WAV file, or - for standard input')
  .option('--url <url>', 'where the server listens', 'ws://127.0.0.1:8080/v1/stream')
  .option('--speed <times>', 'times real time; 0 is as fast as the server takes it', Number, 1)
  .option('--json', 'every message of the server as one line of JSON', false)
  .option('--language <tag>', 'language of the speech (BCP-47)', 'en-US')
  .option('--rate <hertz>', 'the input is raw 16-bit PCM at this rate', Number)
  .option('--token <token>', 'bearer token; EARSHOT_TOKEN keeps it out of the process list')
  .action(runStream);

// `earshot stream ... | head` ends before we do: there is nobody left to tell.
onUnread(() => process.exit(0));
program.parseAsync().catch(fail);
