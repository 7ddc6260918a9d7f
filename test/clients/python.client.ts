import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../src/command/server.ts';
import { textIn } from './text.ts';
import { SAID, said, startSpelling, writeWords } from './words.ts';

/** Debian's, for which it has websockets. */
const PYTHON = '/usr/bin/python3';

let server: Server;
const folder = mkdtempSync(join(tmpdir(), 'earshot-python-'));
beforeAll(async () => {
  server = await startSpelling();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('the smallest client in Python', () => {
  it('prints every word of a file once, and ends well', async () => {
    const client = join(folder, 'client.py');
    writeFileSync(client, textIn('python'));
    expect(await said(PYTHON, [client, server.url, writeWords(folder)])).toBe(SAID);
  });
});
