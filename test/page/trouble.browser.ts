/**
 * The live page when something is wrong: each time it says what happened, and what to do.
 */
import type { Browser } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { Server } from '../../src/command/server.ts';
import { pageUrlOf } from '../../src/command/serving.ts';
import type { Microphone } from '../fakes/chromium.ts';
import { startChromium } from '../fakes/chromium.ts';
import { PageRig } from '../fakes/page-rig.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { startRig } from '../fakes/server-rig.ts';
import { claims, hs256, SECRET } from '../fakes/token-maker.ts';

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

interface Given {
  readonly settings?: Readonly<Record<string, string>>;
  readonly microphone?: Microphone;
  /** Where the browser opens the page; where the server listens unless given. */
  readonly urlOf?: (url: string) => string;
}

async function open({ settings, microphone, urlOf = (url) => url }: Given = {}): Promise<{
  rig: PageRig;
  server: Server;
}> {
  const server = await startRig(settings);
  opened.push(server);
  const browser: Browser = await startChromium(microphone);
  opened.push(browser);
  return { rig: await PageRig.open(browser, urlOf(pageUrlOf(server.url))), server };
}

/** A token that expires so many seconds from now. */
function tokenFor(seconds: number): string {
  const exp = Math.floor(Date.now() / 1_000) + seconds;
  return hs256(claims({ exp, iat: exp - 1_000 }));
}

describe('the live page', () => {
  it('says how to allow the microphone, when it was denied', async () => {
    const { rig } = await open({ microphone: { is: 'denied' } });
    await rig.press('Speak');
    expect(await rig.advice).toMatch(
      /was not allowed to use the microphone.*Allow it by the icon/s,
    );
    expect(await rig.status).toBe('Ready');
  });

  it('says that there is no microphone', async () => {
    const { rig } = await open({ microphone: { is: 'none' } });
    await rig.press('Speak');
    expect(await rig.advice).toMatch(/There is no microphone\..*Plug one in/s);
  });

  it('says why an address that is not secure gets none, and which address does', async () => {
    const { rig } = await open({
      microphone: { hosts: 'MAP earshot.test 127.0.0.1' },
      urlOf: (url) => url.replace('127.0.0.1', 'earshot.test'),
    });
    expect(await rig.advice).toMatch(/only to pages from https .*http:\/\/localhost:\d+\//s);
    await rig.press('Speak');
    expect(await rig.status).toBe('Ready');
  });

  it('says that the server is full, and comes in once it is not', async () => {
    const { rig, server } = await open({ settings: { EARSHOT_SESSIONS_MAX: '1' } });
    const other = await RawClient.start(server.url);
    await rig.press('Speak');
    await rig.page.getByRole('alert').getByText('all 1 connections are taken').waitFor();
    expect(await rig.advice).toMatch(/wait a little/);
    other.say({ type: 'finish' });
    await other.next('summary');
    await rig.page.getByRole('status').getByText('Live').waitFor();
    expect(await rig.page.getByRole('alert').count()).toBe(0);
    await rig.press('Stop');
    await rig.settled();
  });

  it('asks for a token where the server wants one, and is let in with it', async () => {
    const { rig } = await open({ settings: { EARSHOT_AUTH_SECRET: SECRET } });
    await rig.press('Speak');
    await rig.page.getByRole('alert').waitFor();
    expect(await rig.advice).toMatch(/token.*Enter a token that is still valid under Options/s);
    await rig.enter('Token', tokenFor(600));
    await rig.press('Speak');
    await rig.page.getByRole('status').getByText('Live').waitFor();
    expect(await rig.page.getByRole('alert').count()).toBe(0);
  });

  it.each([
    ['when it comes', -600],
    ['while somebody speaks', 3],
  ])('says that the token has expired, %s', async (_, inS) => {
    const settings = { EARSHOT_AUTH_SECRET: SECRET, EARSHOT_AUTH_GRACE_MS_MAX: '0' };
    const { rig } = await open({ settings });
    await rig.enter('Token', tokenFor(inS));
    await rig.press('Speak');
    await rig.page.getByRole('status').getByText('Stopped').waitFor();
    expect(await rig.advice).toMatch(/expired.*Enter a token that is still valid under Options/s);
    await rig.page.getByRole('button', { name: 'Speak' }).waitFor();
  });

  it('shows the place in the queue, and says when nobody could be served', async () => {
    const { rig } = await open({
      settings: { EARSHOT_SLOTS_MAX: '0', EARSHOT_QUEUE_WAIT_MS_MAX: '1500' },
    });
    await rig.press('Speak');
    await rig.page.getByRole('status').getByText('Queued, place 1').waitFor();
    await rig.page.getByRole('alert').waitFor();
    expect(await rig.advice).toMatch(/Everybody is being served/);
  });

  it('says that the server is gone, and keeps what was said', async () => {
    const { rig, server } = await open();
    await rig.press('Speak');
    await rig.page.getByRole('status').getByText('Live').waitFor();
    await server.close();
    await rig.page.getByRole('status').getByText('Reconnecting').waitFor();
    expect(await rig.story).toMatch(/Recording goes on; next attempt in/);
  });

  it('says that a microphone is silent', async () => {
    const { rig } = await open({ microphone: { wav: '/dev/null' } });
    await rig.press('Speak');
    await rig.page.getByRole('alert').waitFor();
    expect(await rig.advice).toMatch(/nothing but silence.*muted/s);
  });

  it('says that a file is no sound', async () => {
    const { rig } = await open();
    const buffer = Buffer.from('He was not an ill-disposed young man.');
    await rig.page
      .locator('#file')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer });
    await rig.page.getByRole('alert').waitFor();
    expect(await rig.advice).toMatch(/a\.txt can't be read as sound.*Take a recording/s);
  });
});
