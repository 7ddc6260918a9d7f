import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/client/node.ts';
import { READY, ScriptedServer, Seen, transcriber } from '../fakes/scripted-server.ts';

const START = { encoding: 'LINEAR16', sampleRateHertz: 16_000 } as const;

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function listen(seen = new Seen(), subprotocol?: string): Promise<ScriptedServer> {
  const server = await ScriptedServer.listen(transcriber(seen), subprotocol);
  closers.push(() => server.close());
  return server;
}

async function listenRaw(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  return `ws://127.0.0.1:${port}/v1/stream`;
}

describe('connect() on Node', () => {
  it('streams audio, reads finals, and ends with the summary', async () => {
    const seen = new Seen();
    const server = await listen(seen);
    const stream = connect({ url: server.url, token: 'tok', start: START });
    for (let i = 0; i < 20; i++) stream.write(new Uint8Array(3_200));
    const summary = stream.finish();
    const finals: string[] = [];
    for await (const message of stream) if (message.type === 'final') finals.push(message.text);
    expect(finals).toEqual(['utterance 1', 'utterance 2']);
    expect(await summary).toMatchObject({ receivedMs: 2_000, transcribedMs: 2_000 });
    expect(seen.frames).toBe(20);
    expect(server.asked).toEqual([{ authorization: 'Bearer tok', protocol: 'earshot.v1' }]);
  });

  it('sends no Authorization header without a token', async () => {
    const server = await listen();
    await connect({ url: server.url, start: START }).finish();
    expect(server.asked).toEqual([{ authorization: undefined, protocol: 'earshot.v1' }]);
  });

  it('connects again after a cut, and resumes with what the server gave it', async () => {
    const seen = new Seen();
    const tokens: string[] = [];
    const starts: Record<string, unknown>[] = [];
    const server = await ScriptedServer.listen((peer) => {
      const end = transcriber(seen)(peer);
      return {
        onFrame(audio) {
          if (starts.length > 1) end.onFrame(audio);
        },
        onMessage(message) {
          if (message['type'] !== 'start') return end.onMessage(message);
          starts.push(message);
          if (starts.length > 1) return end.onMessage(message);
          peer.say({ ...READY, resume: 't0' });
          peer.close(4001);
        },
      };
    });
    closers.push(() => server.close());
    const token = (): Promise<string> => {
      tokens.push(`tok-${tokens.length}`);
      return Promise.resolve(tokens.at(-1) ?? '');
    };
    const stream = connect({ url: server.url, token, start: START }, { random: () => 0 });
    for (let i = 0; i < 10; i++) stream.write(new Uint8Array(3_200));
    expect(await stream.finish()).toMatchObject({ receivedMs: 1_000 });
    expect(starts).toMatchObject([{ type: 'start' }, { resume: { token: 't0', result: 0 } }]);
    expect(server.asked.map(({ authorization }) => authorization)).toEqual([
      'Bearer tok-0',
      'Bearer tok-1',
    ]);
  });

  it('says when nothing listens', async () => {
    const gone = createTcpServer();
    const url = await listenRaw(gone);
    await closers.pop()?.();
    const failure = connect({ url, start: START, giveUpMsMax: 0 }).ready();
    await expect(failure).rejects.toThrow(/is the server running.*ECONNREFUSED/);
  });

  it('says which HTTP status came in place of a WebSocket', async () => {
    const http = createServer((_request, response) => {
      response.writeHead(503, { 'retry-after': '2' }).end();
    });
    const stream = connect({ url: await listenRaw(http), start: START, giveUpMsMax: 0 });
    const expected = { code: 'unreachable', retryable: true, retryAfterMs: 2_000 };
    await expect(stream.ready()).rejects.toMatchObject(expected);
    await expect(stream.ready()).rejects.toThrow('answered HTTP 503: the server is full');
  });

  it('says when what answers is no HTTP, or a WebSocket of another kind', async () => {
    const tcp = createTcpServer((socket) => socket.resume().end('220 mail.example.org ESMTP\r\n'));
    const mail = connect({ url: await listenRaw(tcp), start: START });
    await expect(mail.ready()).rejects.toThrow('is no HTTP');
    const other = await listen(new Seen(), 'other.v1');
    const chat = connect({ url: other.url, start: START });
    await expect(chat.ready()).rejects.toThrow('it has WebSockets, but not earshot.v1');
  });

  it('throws for a URL that is none', () => {
    expect(() => connect({ url: 'nowhere', start: START })).toThrow('Invalid URL');
  });
});
