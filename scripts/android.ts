/**
 * Android: is the Kotlin library's core what its README says?
 *
 *   npm run test:android -- [--talk 60]
 *
 * Compiles it with Debian's kotlinc and OkHttp, runs its own checks, plays every case of the conformance kit
 * against it, and lets it talk to the real server on a bad network.
 * It needs Debian's kotlin, libokhttp-java and default-jdk-headless.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { talk: { type: 'string', default: '60' } } });

const BUILD = fileURLToPath(new URL('../../clients/android/build.sh', import.meta.url));
const KIT = fileURLToPath(new URL('conformance.js', import.meta.url));

/** Throws when it doesn't end well. */
function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}`);
}

const folder = mkdtempSync(join(tmpdir(), 'earshot-android-'));
try {
  run(BUILD, [folder]);
  const classpath = readFileSync(join(folder, 'classpath'), 'utf8').trim();
  run('java', ['-cp', classpath, 'earshot.ChecksKt']);
  // Many short runs: what starts quickly is quicker than what runs fast.
  const java = `java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '${classpath}'`;
  const client = ['--client', `${java} earshot.TesterKt {url}`];
  run(process.execPath, [KIT, ...client, '--jobs', '6', '--slack', '3000']);
  run(process.execPath, [KIT, ...client, '--talk', values.talk]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
