/**
 * Main: the emulator as a command, for those who have no account.
 *
 * It prints where it listens, then nothing, or each stream that ends, until SIGINT or SIGTERM: then
 * the report, as JSON. The same report answers any GET on the report port, if one is given.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/clock.ts';
import type { Ended } from './emulator.ts';
import { Emulator } from './emulator.ts';
import { GrpcFront } from './grpc.ts';
import type { Options } from './options.ts';
import { parseOptions, USAGE } from './options.ts';

async function reportAt(host: string, port: number, emulator: Emulator): Promise<http.Server> {
  const server = http.createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(`${JSON.stringify(emulator.report())}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

async function run({ host, port, reportPort, log, emulator: options }: Options): Promise<void> {
  const tell = (ended: Ended): void => {
    process.stdout.write(`${JSON.stringify(ended)}\n`);
  };
  const emulator = new Emulator(systemClock, { ...options, ...(log && { log: tell }) });
  const front = await GrpcFront.listen(emulator, systemClock, { host, port });
  const reports = reportPort === undefined ? undefined : await reportAt(host, reportPort, emulator);
  process.stdout.write(`Google Speech-to-Text emulator listens on ${host}:${front.port}\n`);
  if (reports !== undefined) {
    const address = reports.address() as AddressInfo;
    process.stdout.write(`report at http://${host}:${address.port}/\n`);
  }
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const report = emulator.report();
  reports?.close();
  reports?.closeAllConnections();
  await front.close();
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(USAGE);
  else await run(options);
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
