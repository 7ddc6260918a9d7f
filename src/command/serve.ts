/**
 * Serve: the command that runs the server until it is told to stop, as one process.
 */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { isLoopback } from '../config.ts';
import type { Log, Terminal } from '../log.ts';
import { Metrics } from '../metrics.ts';
import type { Choice } from '../speech/choose.ts';
import { choose, load } from '../speech/choose.ts';
import type { Running } from './departure.ts';
import { GoogleWatch } from './google-watch.ts';
import type { Server } from './server.ts';
import { startServer } from './server.ts';
import { pageUrlOf, scopeOf } from './serving.ts';

export interface ServeParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly terminal: Terminal;
  readonly version: string;
  /** Where Google's credentials are named. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Somebody wants the server to go away. */
  readonly onDrain?: () => void;
}

/** What `serve` runs: one process, or a fleet of them. */
export interface Served extends Running {
  /** Ends every other process where it stands. */
  readonly kill?: () => void;
  readonly url: string;
  readonly adminUrl: string;
  /** Reads certificates and keys anew, in every process. */
  readonly renew: () => void;
}

/** Starts a server of one process and says where it listens, or throws an EarshotError. */
export async function serve(parts: ServeParts): Promise<Server> {
  const { config, clock, log, env } = parts;
  const choice = choose(config, env);
  introduce(parts, choice);
  const metrics = new Metrics(scopeOf(choice, config, '0', parts.version));
  const recognizer = await load(choice, clock, new GoogleWatch(metrics, log, clock));
  const server = await startServer({ ...parts, metrics, recognizer }).catch(
    async (error: unknown) => {
      await recognizer.close();
      throw error;
    },
  );
  announce(parts, server, choice);
  return server;
}

export function introduce({ terminal, version, config }: ServeParts, choice: Choice): void {
  terminal.write(`earshot ${version}\n`);
  terminal.write(`who may come in: ${guestsOf(config)}\n`);
  terminal.write(`recognizer: ${choice.name} (${choice.what}), because ${choice.why}\n`);
}

/** In a sentence: nobody is to find out later that anybody may. */
export function guestsOf(config: Config): string {
  const { host, auth, authSecret, authKeysFile, authJwksUrl } = config;
  if ((authSecret ?? authKeysFile ?? authJwksUrl) !== undefined) return 'who brings a token';
  if (isLoopback(host)) return 'anybody on this machine, since no key is set';
  return `ANYBODY who reaches ${host}, since EARSHOT_AUTH is ${auth}`;
}

export function announce(
  { config, terminal, log }: ServeParts,
  served: Served,
  choice: Choice,
): void {
  const { url, adminUrl } = served;
  terminal.write(`admin: ${adminUrl}/metrics, /sessions, /livez, /readyz, POST /drain\n`);
  if (config.page === 'on') terminal.write(`speak to it: ${pageUrlOf(url)}\n`);
  terminal.write(`try it: npx earshot stream FILE.wav --url ${url}\n`);
  terminal.write(`listening on ${url}\n`);
  log.info({ url, admin: adminUrl, recognizer: choice.name }, 'listening');
}
