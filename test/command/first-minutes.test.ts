/**
 * The first five minutes: whatever a newcomer gets wrong is answered with what happened and what to do.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, nodeProblem } from '../../src/command/check.ts';
import type { Server } from '../../src/command/server.ts';
import { readConfig } from '../../src/config.ts';
import { messageOf } from '../../src/errors.ts';
import { choose } from '../../src/speech/choose.ts';
import { requireModels } from '../../src/speech/embedded/models.ts';
import { FakeTerminal } from '../fakes/fake-terminal.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { ask, startRig } from '../fakes/server-rig.ts';
import { wavOf } from '../fakes/wav-file.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const FREE = { EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0', EARSHOT_RECOGNIZER: 'embedded' };

let server: Server;
let taken: NetServer;
let takenPort: string;
let folder: string;

beforeAll(async () => {
  server = await startRig();
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  takenPort = String((taken.address() as AddressInfo).port);
  folder = await mkdtemp(join(tmpdir(), 'earshot-'));
  await writeFile(join(folder, 'fast.wav'), wavOf(new Uint8Array(3_200), { rate: 96_000 }));
  await writeFile(join(folder, 'good.wav'), wavOf(new Uint8Array(3_200)));
});

afterAll(async () => {
  await server.close();
  await new Promise((resolve) => taken.close(resolve));
  await rm(folder, { recursive: true });
});

/** What the command says on standard error, and that it fails. */
function complaint(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...FREE },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (part) => {
      said += part;
    });
    child.on('close', (code) => resolve(code === 0 ? 'it worked' : said));
  });
}

/** What is thrown before anything is started. */
function refused(run: () => unknown): Promise<string> {
  return refusal(Promise.resolve().then(run));
}

async function refusal(started: Promise<unknown>): Promise<string> {
  return await started.then(() => 'it worked', messageOf);
}

async function checked(env: Record<string, string>): Promise<string> {
  const terminal = new FakeTerminal();
  await check(readConfig({ ...FREE, ...env }), terminal, {});
  return terminal.text;
}

interface Case {
  readonly mistake: string;
  readonly run: () => Promise<string | undefined>;
  readonly what: RegExp;
  readonly remedy: RegExp;
}

const CASES: readonly Case[] = [
  {
    mistake: 'a Node that is too old',
    run: () => Promise.resolve(nodeProblem('18.19.1')),
    what: /this is Node 18\.19\.1, expected 20\.18 or later/,
    remedy: /install Node 20/,
  },
  {
    mistake: 'a port that is in use',
    run: () => refusal(startRig({ EARSHOT_PORT: takenPort })),
    what: /cannot listen on 127\.0\.0\.1:\d+: it is taken/,
    remedy: /set EARSHOT_PORT .* or stop what listens there/,
  },
  {
    mistake: 'an admin port that is in use',
    run: () => refusal(startRig({ EARSHOT_ADMIN_PORT: takenPort })),
    what: /cannot listen on 127\.0\.0\.1:\d+ for the admin port: .*EADDRINUSE/,
    remedy: /set EARSHOT_ADMIN_PORT to another port/,
  },
  {
    mistake: 'a port that is in use, as check has it',
    run: () => checked({ EARSHOT_PORT: takenPort }),
    what: /WRONG port: 127\.0\.0\.1:\d+ can't be listened on/,
    remedy: /what to do: set EARSHOT_PORT to another port/,
  },
  {
    mistake: 'no model',
    run: () => refusal(requireModels('/no/such/folder')),
    what: /encoder_model\.onnx is missing/,
    remedy: /run "npm run build" in a checkout, or install Earshot again/,
  },
  {
    mistake: 'no model, as check has it',
    run: () => checked({ EARSHOT_MODELS_DIR: '/no/such/folder' }),
    what: /WRONG model: \S+ is missing/,
    remedy: /what to do: run "npm run build"/,
  },
  {
    mistake: 'no credentials',
    run: () =>
      refused(() => choose(readConfig({ EARSHOT_RECOGNIZER: 'google' }), { HOME: '/nowhere' })),
    what: /EARSHOT_RECOGNIZER is 'google', and no credentials/,
    remedy: /set GOOGLE_APPLICATION_CREDENTIALS/,
  },
  {
    mistake: 'no credentials, as check has it',
    run: () => checked({ EARSHOT_RECOGNIZER: 'google' }),
    what: /WRONG recognizer: google/,
    remedy: /what to do: .*set GOOGLE_APPLICATION_CREDENTIALS/,
  },
  {
    mistake: 'a misspelt setting',
    run: () => refused(() => readConfig({ EARSHOT_PROT: '8080' })),
    what: /EARSHOT_PROT/,
    remedy: /expected|did you mean|no setting/,
  },
  {
    mistake: 'a network address without a key',
    run: () => refused(() => readConfig({ EARSHOT_HOST: '0.0.0.0' })),
    what: /EARSHOT_HOST is '0\.0\.0\.0'/,
    remedy: /EARSHOT_AUTH/,
  },
  {
    mistake: 'HTTP instead of a WebSocket',
    run: async () => (await ask(server.url, '/v1/stream', {})).body,
    what: /this is a WebSocket endpoint/,
    remedy: /expected the header Upgrade: websocket/,
  },
  {
    mistake: 'another path',
    run: async () => (await ask(server.url, '/stream', {})).body,
    what: /here is nothing/,
    remedy: /expected \/v1\/stream/,
  },
  {
    mistake: 'the wrong path, from the command line',
    run: () => complaint(['stream', 'good.wav', '--url', server.url.replace('v1', 'v2')]),
    what: /answered HTTP 404/,
    remedy: /a stream is at \/v1\/stream/,
  },
  {
    mistake: 'no server',
    run: () => complaint(['stream', 'good.wav', '--url', 'ws://127.0.0.1:1/v1/stream']),
    what: /nothing listens there/,
    remedy: /is the server running, and on this port\?/,
  },
  {
    mistake: 'a file at a rate that is not served',
    run: () => complaint(['stream', 'fast.wav', '--url', server.url]),
    what: /has 96000 samples a second, expected 8000 to 48000/,
    remedy: /ffmpeg|convert/,
  },
  {
    mistake: 'kilohertz for hertz',
    run: async () => {
      const client = await RawClient.connect(server.url);
      client.say({ type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16 });
      return (await client.next('error'))?.message;
    },
    what: /start\.sampleRateHertz is 16/,
    remedy: /expected at least 8000/,
  },
  {
    mistake: 'a microphone that is muted',
    run: async () => {
      const client = await RawClient.start(server.url);
      for (let n = 0; n < 50; n++) client.send(new Uint8Array(3_200));
      const warning = await client.next('warning');
      client.say({ type: 'finish' });
      await client.next('summary');
      return warning?.message;
    },
    what: /the audio is all zeros/,
    remedy: /is the microphone muted or taken\?/,
  },
];

describe('what a newcomer gets wrong is answered with what happened and what to do', () => {
  it.each(CASES.map((each) => [each.mistake, each] as const))('%s', async (_, each) => {
    const said = await each.run();
    expect(said).toMatch(each.what);
    expect(said).toMatch(each.remedy);
  });

  it('check says for whom browsers give the page a microphone', async () => {
    expect(await checked({})).toContain('ok    live page: on\n');
    expect(await checked({ EARSHOT_PAGE: 'off' })).toContain('ok    live page: off\n');
    const open = await checked({ EARSHOT_HOST: '0.0.0.0', EARSHOT_AUTH: 'none' });
    expect(open).toMatch(/live page: on, but .* only on this machine: others need EARSHOT_TLS/);
  });
});
