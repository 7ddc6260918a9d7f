import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../src/command/server.ts';
import { textIn } from './text.ts';
import { SAID, said, startSpelling, writeWords } from './words.ts';

const BUILD = fileURLToPath(new URL('../../clients/android/build.sh', import.meta.url));
/** kotlinc takes half a minute for it all on a busy machine. */
const BUILD_MS_MAX = 300_000;

let server: Server;
const folder = mkdtempSync(join(tmpdir(), 'earshot-kotlin-'));
beforeAll(async () => {
  server = await startSpelling();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('the smallest client in Kotlin', () => {
  it(
    'prints every word of a file once, and ends well',
    async () => {
      const client = join(folder, 'Client.kt');
      writeFileSync(client, textIn('kotlin'));
      await said(BUILD, [join(folder, 'out'), client]);
      const classpath = readFileSync(join(folder, 'out', 'classpath'), 'utf8').trim();
      const args = ['-cp', classpath, 'ClientKt', server.url];
      expect(await said('java', args, writeWords(folder))).toBe(SAID);
    },
    BUILD_MS_MAX,
  );
});
