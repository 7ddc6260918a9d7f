/**
 * The door of a server that has a key: who is let in, what they may do there, and for how long.
 */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock, Timer } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import type { Server } from '../../src/command/server.ts';
import type { Closed } from '../fakes/raw-client.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { ask, startRig, upgrade } from '../fakes/server-rig.ts';
import { claims, hs256, SECRET } from '../fakes/token-maker.ts';

const FRAME = new Uint8Array(3_200).fill(1);
const START = { type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000 };
/** What a resumed session needs to be found by another server too. */
const KEY = 'a key of thirty-two characters!!'.replaceAll(' ', '-');

/** Long waits are over when a test says so: those for a token to expire. */
class HastyClock implements Clock {
  readonly nowMs = systemClock.nowMs;
  readonly wallMs = systemClock.wallMs;
  readonly #long = new Set<() => void>();

  after(delayMs: number, run: () => void): Timer {
    if (delayMs < 300_000) return systemClock.after(delayMs, run);
    this.#long.add(run);
    return { cancel: () => this.#long.delete(run) };
  }

  hasten(): void {
    for (const run of this.#long) run();
  }
}

const CLOCK = new HastyClock();
let server: Server;
let nowS: number;

beforeAll(async () => {
  nowS = Math.floor(Date.now() / 1_000);
  const settings = { EARSHOT_AUTH_SECRET: SECRET, EARSHOT_RESUME_KEY: KEY };
  const origins = { EARSHOT_ORIGINS: 'https://app.example.com' };
  server = await startRig({ ...settings, ...origins }, {}, undefined, CLOCK);
});

afterAll(() => server.close());

function token(other: object = {}): string {
  return hs256(claims({ iat: nowS, exp: nowS + 600, ...other }));
}

function bearer(of: string) {
  return { headers: { authorization: `Bearer ${of}` } };
}

async function finishOf(client: RawClient): Promise<number | undefined> {
  client.say({ type: 'finish' });
  return (await client.next('summary'))?.receivedMs;
}

describe('A server with a key', () => {
  it('takes a session of a device with a token, by header or by subprotocol', async () => {
    const app = await RawClient.start(server.url, {}, bearer(token()));
    app.send(FRAME);
    expect(await finishOf(app)).toBe(100);
    const page = await RawClient.connect(server.url, {}, [`bearer.${token()}`]);
    page.say(START);
    expect(await page.next('ready')).toBeDefined();
    expect(await finishOf(page)).toBe(0);
  });

  it.each([
    ['no token', {}, 401, /no token came/],
    ['a forged one', bearer('x.y.z').headers, 401, /no key of this server/],
    ['one of another audience', bearer(hs256(claims({ aud: 'x' }))).headers, 401, /aud/],
    ['an expired one', bearer(hs256(claims({ iat: 0, exp: 60 }))).headers, 401, /expired/],
  ])('refuses %s before the upgrade', async (_, headers, status, says) => {
    const before = server.metrics.refusals['401'];
    const answer = await ask(server.url, '/v1/stream', { ...upgrade('earshot.v1'), ...headers });
    expect(answer).toMatchObject({ status, body: expect.stringMatching(says) });
    expect(server.metrics.refusals['401']).toBe(before + 1);
  });

  it.each([
    ['a forged one', 'bearer.x.y.z', 4500, 'unauthenticated'],
    ['an expired one', `bearer.${hs256(claims({ iat: 0, exp: 60 }))}`, 4010, 'token_expired'],
  ])('tells a browser by close code: %s', async (_, offered, code, reason) => {
    const page = await RawClient.connect(server.url, {}, [offered]);
    expect(await page.closed).toEqual<Closed>({ code, reason });
    expect(page.heard).toMatchObject([{ type: 'error', code: reason, retryable: code < 4500 }]);
  });

  it('answers earshot.v1 and never the token', async () => {
    const answer = await ask(server.url, '/v1/stream', upgrade(`bearer.${token()}`));
    expect(answer.status).toBe(426);
  });

  it('keeps the page of another origin out, whatever token it has', async () => {
    const headers = { ...upgrade('earshot.v1'), ...bearer(token()).headers };
    const answer = await ask(server.url, '/v1/stream', {
      ...headers,
      origin: 'https://evil.example',
    });
    expect(answer).toMatchObject({ status: 403 });
    const offered = { headers: { origin: 'https://evil.example' } };
    await expect(RawClient.connect(server.url, offered, [`bearer.${token()}`])).rejects.toThrow(
      '403',
    );
    const own = { headers: { ...bearer(token()).headers, origin: 'https://app.example.com' } };
    await finishOf(await RawClient.start(server.url, {}, own));
  });

  it('looks at no cookie', async () => {
    const headers = { ...upgrade('earshot.v1'), cookie: `token=${token()}; session=${token()}` };
    expect(await ask(server.url, '/v1/stream', headers)).toMatchObject({ status: 401 });
  });

  it('refuses headers over 4 KiB, and takes what is below', async () => {
    const padded = (bytes: number) => ({ ...upgrade('earshot.v1'), 'x-pad': 'x'.repeat(bytes) });
    expect(await ask(server.url, '/v1/stream', padded(4_100))).toMatchObject({ status: 431 });
    expect(await ask(server.url, '/v1/stream', padded(3_700))).toMatchObject({ status: 401 });
  });

  it('ends a session once its token has expired, and resumes it with another one', async () => {
    const sub = 'short';
    const first = await RawClient.start(server.url, {}, bearer(token({ sub })));
    first.send(FRAME);
    CLOCK.hasten();
    expect(await first.closed).toEqual<Closed>({ code: 4010, reason: 'token_expired' });
    const tokens = first.heard.flatMap((message) => ('resume' in message ? [message.resume] : []));
    const resume = { token: tokens.at(-1), result: first.all('final').length };
    const second = await RawClient.start(server.url, { resume }, bearer(token({ sub })));
    expect(second.heard).toMatchObject([{ type: 'ready', resumed: 'taken' }]);
    second.send(FRAME);
    expect(await finishOf(second)).toBe(100);
  });

  it('says what the token does not allow', async () => {
    const limits = { audio_minutes: 1, languages: ['en-GB'], models: ['x'] };
    const client = await RawClient.connect(server.url, bearer(token(limits)));
    client.say(START);
    expect(await client.closed).toEqual<Closed>({ code: 4507, reason: 'forbidden' });
  });

  it('takes a start of 16 KiB and no more', async () => {
    const phrases = Array.from({ length: 200 }, () => ({ text: 'x'.repeat(100) }));
    const client = await RawClient.connect(server.url, bearer(token()));
    client.say({ ...START, phrases });
    expect(await client.closed).toEqual<Closed>({ code: 4501, reason: 'frame_too_large' });
  });
});

describe('A resume token', () => {
  /** A session that was lost, and what brings it back. */
  async function lost(
    sub: string,
    fields: object = {},
  ): Promise<{ token: string; result: number }> {
    const client = await RawClient.start(server.url, fields, bearer(token({ sub })));
    client.send(FRAME);
    const ready = await client.next('ready');
    client.cut();
    return { token: ready?.resume ?? '', result: 0 };
  }

  async function refusal(sub: string, resume: object, fields: object = {}): Promise<Closed> {
    const client = await RawClient.connect(server.url, bearer(token({ sub })));
    client.say({ ...START, ...fields, resume });
    return await client.closed;
  }

  const BAD: Closed = { code: 4411, reason: 'bad_resume' };

  it('is refused of another device, and of another fleet', async () => {
    const resume = await lost('mine');
    expect(await refusal('yours', resume)).toEqual(BAD);
    const client = await RawClient.connect(
      server.url,
      bearer(token({ sub: 'mine', fleet: 'other' })),
    );
    client.say({ ...START, resume });
    expect(await client.closed).toEqual(BAD);
  });

  it('is refused for another configuration', async () => {
    expect(await refusal('mine', await lost('mine'), { words: true })).toEqual(BAD);
  });

  it('is refused when altered in any part, also when all else is right', async () => {
    const resume = await lost('mine');
    const parts = resume.token.split('.');
    for (const [at] of parts.entries()) {
      const changed = parts.map((part, n) =>
        n === at ? `${part.slice(0, -1)}${part.endsWith('1') ? '2' : '1'}` : part,
      );
      expect(await refusal('mine', { ...resume, token: changed.join('.') })).toEqual(BAD);
    }
  });

  it('is refused when signed with another key, or older than 10 minutes', async () => {
    const resume = await lost('mine');
    const signed = (text: string, key: string): string =>
      `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
    const parts = resume.token.split('.').slice(0, -1);
    expect(signed(parts.join('.'), KEY)).toBe(resume.token);
    expect(await refusal('mine', { ...resume, token: signed(parts.join('.'), 'x') })).toEqual(BAD);
    const old = parts.map((part, n) =>
      n === 6 ? (Number.parseInt(part, 36) - 600_001).toString(36) : part,
    );
    expect(await refusal('mine', { ...resume, token: signed(old.join('.'), KEY) })).toEqual(BAD);
  });

  it('that is older than the newest is taken of its own device', async () => {
    const resume = await lost('mine');
    const client = await RawClient.start(server.url, { resume }, bearer(token({ sub: 'mine' })));
    expect(client.all('ready')).toMatchObject([{ resumed: expect.stringMatching(/held|taken/) }]);
    await finishOf(client);
  });
});
