/**
 * Serve: the command that runs the server until it is told to stop.
 */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log, Terminal } from '../log.ts';
import { Metrics } from '../metrics.ts';
import { choose, load } from '../speech/choose.ts';
import { GoogleWatch } from './google-watch.ts';
import type { Server } from './server.ts';
import { startServer } from './server.ts';

export interface ServeParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly terminal: Terminal;
  readonly version: string;
  /** Where Google's credentials are named. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Starts the server and says where it listens, or throws an EarshotError. */
export async function serve(parts: ServeParts): Promise<Server> {
  const { config, clock, random, log, terminal, version, env } = parts;
  const choice = choose(config, env);
  terminal.write(`earshot ${version}\n`);
  terminal.write(`recognizer: ${choice.name} (${choice.what}), because ${choice.why}\n`);
  const metrics = new Metrics();
  const recognizer = await load(choice, clock, new GoogleWatch(metrics, log, clock));
  const server = await startServer({ config, clock, random, log, metrics, recognizer }).catch(
    async (error: unknown) => {
      await recognizer.close();
      throw error;
    },
  );
  terminal.write(`admin: ${server.adminUrl}/metrics, /livez, /readyz\n`);
  terminal.write(`try it: npx earshot stream FILE.wav --url ${server.url}\n`);
  terminal.write(`listening on ${server.url}\n`);
  log.info({ url: server.url, admin: server.adminUrl, recognizer: choice.name }, 'listening');
  return server;
}
