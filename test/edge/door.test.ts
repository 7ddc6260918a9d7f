import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../src/command/server.ts';
import type { SpeechConfig } from '../../src/speech/recognizer.ts';
import type { Summary } from '../../src/wire/message.ts';
import type { Closed } from '../fakes/raw-client.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { ask, startRig, until, upgrade } from '../fakes/server-rig.ts';
import { CASES, FRAME } from './bad-input-cases.ts';
import { MESSAGE_CASES } from './bad-message-cases.ts';

function support({ languages }: SpeechConfig) {
  const message = "start.language is 'xx', expected en-US";
  return languages.every((language) => language.startsWith('en'))
    ? { ignored: [] }
    : { refused: { field: 'language', message } };
}

let server: Server;

beforeAll(async () => {
  server = await startRig(
    {
      EARSHOT_START_MS_MAX: '300',
      EARSHOT_RESUME_GRACE_MS_MAX: '0',
      // 1,000 at once: so a flood is one however long it takes to send.
      EARSHOT_DEVICE_MESSAGES_PER_SECOND_MAX: '50',
    },
    { support },
  );
});

afterAll(async () => {
  await server.close();
  expect(server.sessions()).toBe(0);
  expect(server.metrics.unsettledSeconds()).toBe(0);
});

describe('Bad input', () => {
  it.each([...CASES, ...MESSAGE_CASES])(
    '$what: $code, and the session beside it goes on',
    async (bad) => {
      const neighbour = await RawClient.start(server.url);
      neighbour.send(FRAME);
      const isStarted = bad.started !== false;
      const client = await (isStarted
        ? RawClient.start(server.url)
        : RawClient.connect(server.url));
      bad.does(client);
      expect(await client.closed).toEqual<Closed>({ code: bad.close, reason: bad.code });
      const error = client.heard.at(-1);
      expect(error).toMatchObject({ type: 'error', code: bad.code, retryable: bad.close < 4500 });
      expect(error).toMatchObject({ message: expect.stringMatching(bad.says) });
      neighbour.send(FRAME);
      neighbour.say({ type: 'finish' });
      expect(balanceOf(await neighbour.next('summary'))).toBe(200);
      expect(await neighbour.closed).toEqual<Closed>({ code: 1000, reason: 'finished' });
    },
  );

  it('a message over the limit of the socket layer: cut without a word, and the session is settled', async () => {
    const client = await RawClient.start(server.url);
    client.send(new Uint8Array(500_000));
    expect((await client.closed).code).toBe(1006);
    await until(() => server.sessions() === 0);
  });

  it('a connection cut in the middle of a word: what was said is settled, and nothing is left', async () => {
    const before = server.metrics.receivedSeconds;
    const client = await RawClient.start(server.url);
    for (let n = 0; n < 5; n++) client.send(FRAME);
    await client.next('interim');
    client.cut();
    await until(() => server.sessions() === 0);
    expect(server.metrics.receivedSeconds - before).toBeCloseTo(0.5, 6);
    expect(server.metrics.unsettledSeconds()).toBe(0);
  });
});

describe('A door', () => {
  it.each([
    ['x-forwarded-for', '192.0.2.1'],
    ['forwarded', 'for=192.0.2.1'],
    ['via', '1.1 proxy'],
    ['host', 'speech.example'],
  ])('without a key is shut to who comes by a proxy, as %s shows', async (name, value) => {
    const answer = await ask(server.url, '/v1/stream', { ...upgrade('earshot.v1'), [name]: value });
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('expected a key') });
  });

  it('refuses a token in the address', async () => {
    const answer = await ask(server.url, '/v1/stream?token=x', upgrade('earshot.v1'));
    expect(answer).toMatchObject({ status: 400, body: expect.stringMatching(/Authorization/) });
  });

  it('says when to come back when all connections are taken', async () => {
    const small = await startRig({ EARSHOT_SESSIONS_MAX: '1' });
    const first = await RawClient.start(small.url);
    const answer = await ask(small.url, '/v1/stream', upgrade('earshot.v1'));
    expect(answer).toMatchObject({ status: 503, retryAfter: '5' });
    expect(first.types).not.toContain('error');
    await small.close();
    expect((await first.closed).reason).toBe('draining');
  });
});

/** What was received, when every millisecond of it has a fate. */
function balanceOf(summary: Summary | undefined): number | undefined {
  if (summary === undefined) return undefined;
  const { receivedMs, transcribedMs, silentMs, droppedMs, releasedMs } = summary;
  const dropped = Object.values(droppedMs).reduce((sum, ms) => sum + ms, 0);
  return transcribedMs + silentMs + dropped + releasedMs === receivedMs ? receivedMs : -1;
}
