/**
 * The live page while its network is cut, its session queues, and the recognizer's streams are replaced:
 * before the emulator of Google, and with speech that says numbers, so that nothing can be lost unseen.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { GoogleRig } from '../command/google-rig.ts';
import type { Spoken } from '../emulator/voice.ts';
import { speak } from '../emulator/voice.ts';
import { startChromium } from '../fakes/chromium.ts';
import { PageRig, rateOf } from '../fakes/page-rig.ts';
import { TcpProxy } from '../fakes/tcp-proxy.ts';
import { wavOf } from '../fakes/wav-file.ts';

const CUT_MS = 5_000;

/** Sentences of `words` numbers, from 1 on. */
function sentences(count: number, words: number): Spoken[] {
  return Array.from({ length: count * words }, (_, n) => ({
    number: n + 1,
    ms: 400,
    pauseMs: n % words === 0 ? 900 : 50,
  }));
}

function numbersIn(lines: readonly string[]): number[] {
  return lines.flatMap((line) => line.split(/\s+/)).map(Number);
}

let browser: Browser;
let google: GoogleRig;
let proxy: TcpProxy;
let url: string;

beforeAll(async () => {
  const settings = { EARSHOT_ROTATE_SOFT_MS: '6000', EARSHOT_ROTATE_HARD_MS: '20000' };
  [google, browser] = await Promise.all([GoogleRig.start({ settings }), startChromium()]);
  proxy = await TcpProxy.listen(Number(new URL(google.server.url).port));
  url = `http://127.0.0.1:${proxy.port}/`;
});

afterAll(async () => {
  await browser?.close();
  await proxy?.close();
  await google?.close();
});

async function cutFor(ms: number): Promise<void> {
  proxy.refuse();
  await new Promise<void>((resolve) => systemClock.after(ms, resolve));
  proxy.admit();
}

describe('the live page without a network for 5 s', () => {
  const plan = sentences(4, 8);
  const expected = plan.map(({ number }) => number);

  it('in the middle of a sentence: misses and doubles no word that the browser heard', async () => {
    const rig = await PageRig.open(browser, url, {
      voice: async (page) => speak(plan, await rateOf(page), 1_000).samples,
    });
    await rig.press('Speak');
    // The second sentence has begun: its interim is there, and its final is not.
    await rig.page.locator('#interim', { hasText: /\b1[0-5]\b/ }).waitFor();
    const before = numbersIn(await rig.lines);
    await cutFor(CUT_MS);
    await rig.page.getByText('Resumed:').waitFor();
    await rig.saidAll();
    await rig.press('Stop');
    await rig.settled();
    const heard = await rig.heard();
    expect(heard.length).toBeGreaterThan(plan.length / 2);
    expect(numbersIn(await rig.lines)).toEqual(heard);
    // The first sentence was final before the cut, whole; on a slow machine more may have been.
    const isFirst = (number: number): boolean => number <= 8;
    expect(before.filter(isFirst)).toEqual(heard.filter(isFirst));
    expect(await rig.story).toMatch(/nothing lost\..*Resumed: .*The connection is gone: .*Live:/s);
    expect(await rig.story).toMatch(/Rotated: stream 2 of the recognizer/);
    await rig.page.context().close();
  });

  it('while it reads a file: misses and doubles no word either', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-'));
    const { samples } = speak(plan, 16_000, 1_000);
    await writeFile(join(folder, 'numbers.wav'), wavOf(new Uint8Array(samples.buffer)));
    const rig = await PageRig.open(browser, url);
    await rig.page.locator('#file').setInputFiles(join(folder, 'numbers.wav'));
    await rig.page.locator('#interim', { hasText: /\b10\b/ }).waitFor();
    await cutFor(CUT_MS);
    await rig.settled();
    expect(numbersIn(await rig.lines)).toEqual(expected);
    expect(await rig.story).toMatch(/nothing lost\..*Resumed: /s);
    await rig.page.context().close();
    await rm(folder, { recursive: true });
  });
});
