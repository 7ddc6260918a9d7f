/**
 * mTLS: the example configuration of haproxy, tried with certificates made for it.
 *
 *   npm run mtls
 *
 * Needs haproxy and openssl. A device with a certificate of the right authority has a session, and its
 * limits go by its own address; one without, or with another authority's, comes nowhere.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../bench/chaos/balancer.ts';
import { startServerProcess } from '../bench/server-process.ts';
import { RawClient } from '../test/fakes/raw-client.ts';

const CONFIG = fileURLToPath(new URL('../../deploy/haproxy-mtls.cfg', import.meta.url));
const TRIES_MAX = 100;
const POLL_MS = 50;

const folder = mkdtempSync(join(tmpdir(), 'earshot-mtls-'));
const problems: string[] = [];

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

/** A certificate of `authority`, or of its own; with its key, NAME.pem and NAME.key. */
function certificate(name: string, authority?: string): void {
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    `${name}.key`,
  ];
  const signed =
    authority === undefined ? [] : ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`];
  openssl(
    'req',
    '-x509',
    ...key,
    ...signed,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-out',
    `${name}.pem`,
  );
}

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

function hold(what: string, holds: boolean): void {
  process.stdout.write(`${holds ? 'holds' : 'FAILS'}  ${what}\n`);
  if (!holds) problems.push(what);
}

async function listens(port: number): Promise<void> {
  for (let n = 0; n < TRIES_MAX; n++) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error('haproxy does not listen');
}

/** Whether a session comes about with these certificates. */
async function comesIn(port: number, given: { cert?: string; key?: string }): Promise<boolean> {
  const options = { ca: read('site-ca.pem'), servername: 'site', ...given };
  try {
    const client = await RawClient.start(`wss://127.0.0.1:${port}/v1/stream`, {}, options);
    client.say({ type: 'finish' });
    return (await client.next('summary')) !== undefined;
  } catch {
    return false;
  }
}

async function trial(): Promise<void> {
  for (const authority of ['site-ca', 'device-ca', 'other-ca']) certificate(authority);
  certificate('site', 'site-ca');
  certificate('phone', 'device-ca');
  certificate('stranger', 'other-ca');
  writeFileSync(join(folder, 'site-both.pem'), read('site.pem') + read('site.key'));
  const limit = { EARSHOT_ADDRESS_CONNECTS_PER_MINUTE_MAX: '5' };
  const server = await startServerProcess({
    EARSHOT_RECOGNIZER: 'embedded',
    EARSHOT_PROXY: 'v2',
    ...limit,
  });
  const port = await freePort();
  const env = {
    ...process.env,
    BIND: `127.0.0.1:${port}`,
    SITE: join(folder, 'site-both.pem'),
    CLIENTS: join(folder, 'device-ca.pem'),
    EARSHOT: new URL(server.url).host,
  };
  const haproxy = spawn('haproxy', ['-db', '-f', CONFIG], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(haproxy, 'close');
  try {
    await listens(port);
    const phone = { cert: read('phone.pem'), key: read('phone.key') };
    hold('a device with a certificate of the authority has a session', await comesIn(port, phone));
    hold('a device without a certificate does not come in', !(await comesIn(port, {})));
    const stranger = { cert: read('stranger.pem'), key: read('stranger.key') };
    hold(
      "a device with another authority's certificate does not come in",
      !(await comesIn(port, stranger)),
    );
    for (let n = 0; n < 5; n++) await comesIn(port, phone);
    hold('limits go by the address that the PROXY protocol tells', !(await comesIn(port, phone)));
  } finally {
    haproxy.kill('SIGKILL');
    await ended;
    await server.stop();
  }
}

try {
  await trial();
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(problems.length === 0 ? 0 : 1);
