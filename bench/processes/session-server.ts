/**
 * Session server: the real server of a bench, with a recognizer that no setting names.
 *
 *   node session-server.js null | http2 | library | streaming [HOST:PORT of Google]
 *
 * Everything else is as `earshot serve` puts it together, in one process. SIGUSR2 has it collect its
 * garbage.
 */
import { systemRandom } from '../../src/chance.ts';
import { systemClock } from '../../src/clock.ts';
import { collectSeldom } from '../../src/collector.ts';
import { startServer } from '../../src/command/server.ts';
import { readConfig } from '../../src/config.ts';
import { newLog } from '../../src/log.ts';
import type { Recognizer } from '../../src/speech/recognizer.ts';
import { collectWhenAsked } from '../garbage.ts';
import { NullRecognizer } from '../null-recognizer.ts';

async function recognizerOf(name: string, endpoint: string): Promise<Recognizer> {
  if (name === 'null') return new NullRecognizer(systemClock);
  const { googleBy } = await import('../google-by.ts');
  return googleBy(name, endpoint, systemClock);
}

const [name = '', endpoint = ''] = process.argv.slice(2);
const config = readConfig(process.env);
collectSeldom();
const server = await startServer({
  config,
  clock: systemClock,
  random: systemRandom,
  log: newLog(config.logLevel),
  recognizer: await recognizerOf(name, endpoint),
});
collectWhenAsked();
process.once('SIGINT', () => {
  void server.close().then(() => process.exit(0));
});
process.stdout.write(`admin ${server.adminUrl}\n`);
process.stdout.write(`listens on ${new URL(server.url).port}\n`);
