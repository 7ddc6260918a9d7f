import { describe, expect, it } from 'vitest';
import type { PageLike, WebSocketClass, WebSocketLike } from '../../src/client/browser.ts';
import { connect } from '../../src/client/browser.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { READY } from '../fakes/scripted-server.ts';

const OPTIONS = {
  url: 'wss://host/v1/stream',
  start: { encoding: 'LINEAR16', sampleRateHertz: 16_000 },
} as const;

type Listen = (event: { data: unknown; code: number; reason: string }) => void;

/** A browser's WebSocket whose other end is the test. */
class FakeWebSocket implements WebSocketLike {
  static last: FakeWebSocket | undefined;
  readonly protocols: string[];
  readonly sent: (string | Uint8Array)[] = [];
  readonly #listeners = new Map<string, Listen>();

  constructor(_url: string, protocols: string[]) {
    this.protocols = protocols;
    FakeWebSocket.last = this;
  }

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(): void {
    this.sent.push('closed');
  }

  addEventListener(type: string, listen: Listen): void {
    this.#listeners.set(type, listen);
  }

  fire(type: string, event: { data?: unknown; code?: number } = {}): void {
    this.#listeners.get(type)?.({ data: '', code: 1006, reason: '', ...event });
  }
}

/** The global object of a page. */
class FakePage implements PageLike {
  readonly listeners = new Set<() => void>();

  addEventListener(_type: 'online', listen: () => void): void {
    this.listeners.add(listen);
  }

  removeEventListener(_type: 'online', listen: () => void): void {
    this.listeners.delete(listen);
  }
}

function newRig(token?: string) {
  const WebSocket: WebSocketClass = FakeWebSocket;
  const stream = connect(
    { ...OPTIONS, token, giveUpMsMax: 0 },
    { clock: new FakeClock(), WebSocket },
  );
  const socket = FakeWebSocket.last;
  if (socket === undefined) throw new Error('no socket');
  return { stream, socket };
}

describe('connect() in a browser', () => {
  it('puts the token into the list of subprotocols', () => {
    expect(newRig('a.b-c').socket.protocols).toEqual(['earshot.v1', 'bearer.a.b-c']);
    expect(newRig().socket.protocols).toEqual(['earshot.v1']);
  });

  it('sends text and frames, and reads text', async () => {
    const { stream, socket } = newRig();
    socket.fire('open');
    socket.fire('message', { data: new ArrayBuffer(4) });
    socket.fire('message', { data: JSON.stringify(READY) });
    expect(await stream.ready()).toEqual(READY);
    stream.write(Uint8Array.of(1, 2));
    expect(socket.sent[1]).toEqual(Uint8Array.of(1, 2));
    stream.close();
    expect(socket.sent.at(-1)).toBe('closed');
  });

  it('says what to check when no connection came, and the code when one was lost', async () => {
    const never = newRig();
    never.socket.fire('close');
    await expect(never.stream.ready()).rejects.toThrow('check that the server runs');
    const lost = newRig();
    lost.socket.fire('open');
    lost.socket.fire('close', { code: 4500 });
    const expected = { code: 'lost', close: 4500, retryable: false };
    await expect(lost.stream.ready()).rejects.toMatchObject(expected);
  });

  it('connects at once when the browser is online again, and listens no longer than it lives', () => {
    const page = new FakePage();
    const ports = { clock: new FakeClock(), random: () => 0.5, WebSocket: FakeWebSocket, page };
    const stream = connect(OPTIONS, ports);
    const first = FakeWebSocket.last;
    first?.fire('close');
    expect(FakeWebSocket.last).toBe(first);
    for (const listen of page.listeners) listen();
    expect(FakeWebSocket.last).not.toBe(first);
    stream.close();
    expect(page.listeners.size).toBe(0);
  });

  it('says where there is no WebSocket at all', () => {
    expect(() => connect(OPTIONS)).toThrow('there is no global WebSocket here');
  });
});
