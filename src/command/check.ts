/**
 * Check: the command that says what would run here, what is wrong, and what to do about it.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import { isLoopback } from '../config.ts';
import { nativeProblem } from '../edge/listener.ts';
import { readSite } from '../edge/site.ts';
import { messageOf } from '../errors.ts';
import type { Terminal } from '../log.ts';
import type { Choice } from '../speech/choose.ts';
import { choose } from '../speech/choose.ts';
import { checkModels } from '../speech/embedded/models.ts';
import { guestsOf } from './serve.ts';

interface Finding {
  readonly what: string;
  readonly is: string;
  /** What to do about it; absent when all is well. */
  readonly remedy?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Files that a process needs beside its connections. */
const FILES_SPARE = 64;

/** Prints every finding; answers whether the server would run. */
export async function check(config: Config, terminal: Terminal, env: Env = {}): Promise<boolean> {
  const findings = [
    node(),
    native(),
    { what: 'who may come in', is: guestsOf(config) },
    ...(await recognizer(config, env)),
    await port('port', config.host, config.port, 'EARSHOT_PORT'),
    await port('admin port', config.adminHost, config.adminPort, 'EARSHOT_ADMIN_PORT'),
    page(config),
    openFiles(config),
  ];
  for (const { what, is, remedy } of findings) {
    terminal.write(`${remedy === undefined ? 'ok   ' : 'WRONG'} ${what}: ${is}\n`);
    if (remedy !== undefined) terminal.write(`        what to do: ${remedy}\n`);
  }
  const wrong = findings.filter(({ remedy }) => remedy !== undefined).length;
  terminal.write(wrong === 0 ? 'all is well\n' : `${wrong} of ${findings.length} are wrong\n`);
  return wrong === 0;
}

/** The oldest Node that Earshot runs on. */
const NODE_MIN = [20, 18] as const;

/** What is wrong with this version of Node, and what to do about it; undefined when it will do. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return undefined;
  const expected = NODE_MIN.join('.');
  return `this is Node ${version}, expected ${expected} or later: install Node 20 (with nvm: "nvm install 20")`;
}

function node(): Finding {
  const { node: version } = process.versions;
  const remedy = nodeProblem(version);
  const is = `${version} on ${process.platform}-${process.arch}`;
  return { what: 'node', is, ...(remedy !== undefined && { remedy }) };
}

/** The page, and for whom browsers give it a microphone. */
function page({ page: setting, host, tlsCertFile }: Config): Finding {
  const what = 'live page';
  if (setting === 'off') return { what, is: 'off' };
  try {
    readSite();
  } catch (error) {
    return { what, is: 'not whole', remedy: messageOf(error) };
  }
  if (isLoopback(host) || tlsCertFile !== undefined) return { what, is: 'on' };
  const is =
    'on, but browsers give it the microphone only on this machine: others need EARSHOT_TLS_CERT_FILE and EARSHOT_TLS_KEY_FILE, or a proxy with TLS';
  return { what, is };
}

function native(): Finding {
  const problem = nativeProblem();
  if (problem === undefined) return { what: 'socket layer', is: 'uWebSockets.js, native' };
  return { what: 'socket layer', is: 'no native binary', remedy: problem };
}

async function recognizer(config: Config, env: Env): Promise<Finding[]> {
  let choice: Choice;
  try {
    choice = choose(config, env);
  } catch (error) {
    return [{ what: 'recognizer', is: config.recognizer, remedy: messageOf(error) }];
  }
  const { name, what, why } = choice;
  if (choice.name === 'google') return [...google(choice, config)];
  const models = await checkModels(choice.modelsDir);
  return [
    { what: 'recognizer', is: `${name} (${what}), because ${why}` },
    ...models.map(({ path, state, sha256 }) => ({
      what: 'model',
      is: `${path} is ${state} (sha256 ${sha256.slice(0, 12)}…)`,
      ...(state !== 'ok' && {
        remedy: 'run "npm run build" in a checkout, or install Earshot again',
      }),
    })),
  ];
}

function google(choice: Choice & { name: 'google' }, config: Config): Finding[] {
  const { name, what, why, driver } = choice;
  const { slotsMax, startsPerMinuteMax, rotateSoftMs, rotateHardMs } = config;
  const slots = slotsMax ?? "Google's default, 300";
  const starts = startsPerMinuteMax === 0 ? 'any number' : startsPerMinuteMax;
  return [
    { what: 'recognizer', is: `${name} (${what}), because ${why}` },
    { what: 'driver', is: `${driver.name}, because ${driver.why}` },
    { what: 'quota', is: `${slots} streams at once, ${starts} started in a minute` },
    { what: 'rotation', is: `from ${rotateSoftMs} ms at a pause, at ${rotateHardMs} ms anyway` },
  ];
}

function port(what: string, host: string, number: number, setting: string): Promise<Finding> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const remedy = `set ${setting} to another port, or stop what listens there (${messageOf(error)})`;
      resolve({ what, is: `${host}:${number} can't be listened on`, remedy });
    });
    probe.listen({ host, port: number, exclusive: true }, () => {
      const is = number === 0 ? `${host}, any free one` : `${host}:${number} is free`;
      probe.close(() => resolve({ what, is }));
    });
  });
}

/** The soft limit, where the system shows it as Linux does. */
function openFiles({ sessionsMax }: Config): Finding {
  const what = 'ulimit -n';
  let limits: string;
  try {
    limits = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return { what, is: 'unknown on this system' };
  }
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  const needed = sessionsMax + FILES_SPARE;
  if (soft === undefined || Number(soft) >= needed) return { what, is: soft ?? 'unlimited' };
  const remedy = `raise it to ${needed}, or lower EARSHOT_SESSIONS_MAX (${sessionsMax})`;
  return { what, is: soft, remedy };
}
