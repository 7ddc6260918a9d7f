/**
 * TcpProxy: a network between real processes that can be cut, frozen, stalled, slowed and sliced.
 *
 * Each connection to it is one to the target. What is done to a link is done to the bytes that come
 * after; nothing is ever changed or reordered in them.
 */
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';

type Direction = 'up' | 'down';

interface Flow {
  readonly from: Socket;
  readonly to: Socket;
  bytesPerSecond: number;
  pieceBytes: number;
  /** 'lost': what is read goes nowhere. */
  state: 'flowing' | 'stalled' | 'lost';
}

export class ProxyLink {
  readonly #clock: Clock;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #flows: { readonly [D in Direction]: Flow };
  #state: 'open' | 'over' = 'open';

  constructor(client: Socket, server: Socket, clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#client = client;
    this.#server = server;
    const flow = (from: Socket, to: Socket): Flow => {
      const bounds = { bytesPerSecond: Infinity, pieceBytes: Infinity };
      return { from, to, ...bounds, state: 'flowing' };
    };
    this.#flows = { up: flow(client, server), down: flow(server, client) };
    for (const each of [this.#flows.up, this.#flows.down]) this.#run(each);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (this.#state === 'over') return;
        this.#state = 'over';
        onOver();
        if (this.#flows.up.state !== 'lost') {
          client.destroy();
          server.destroy();
        }
      });
    }
  }

  /** Both ends get a reset. */
  cut(): void {
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  /** Both ends stay open, and whatever either sends is lost: neither is told. */
  freeze(): void {
    for (const flow of [this.#flows.up, this.#flows.down]) {
      flow.state = 'lost';
      flow.from.resume();
    }
  }

  /** Nothing is read from that side until flow(): its sender fills its buffers. */
  stall(direction: Direction): void {
    this.#flows[direction].state = 'stalled';
    this.#flows[direction].from.pause();
  }

  flow(direction: Direction): void {
    this.#flows[direction].state = 'flowing';
    this.#flows[direction].from.resume();
  }

  /** Passes on at most so much, in pieces of a tenth of a second. */
  slow(direction: Direction, bytesPerSecond: number): void {
    this.#flows[direction].bytesPerSecond = bytesPerSecond;
  }

  /** Passes on in pieces of so many bytes, each a segment of its own. */
  slice(direction: Direction, pieceBytes: number): void {
    this.#flows[direction].pieceBytes = pieceBytes;
  }

  #run(flow: Flow): void {
    flow.from.on('data', (bytes) => {
      if (flow.state === 'lost') return;
      flow.from.pause();
      void this.#pass(flow, bytes).then(() => {
        if (flow.state !== 'stalled') flow.from.resume();
      });
    });
    flow.from.on('end', () => {
      if (flow.state !== 'lost') flow.to.end();
    });
  }

  async #pass(flow: Flow, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (flow.state === 'lost' || flow.to.destroyed) return;
      const perTenth = Math.max(1, Math.floor(flow.bytesPerSecond / 10));
      const piece = bytes.subarray(at, at + Math.min(perTenth, flow.pieceBytes));
      at += piece.length;
      await new Promise<void>((resolve) => flow.to.write(piece, () => resolve()));
      if (Number.isFinite(flow.bytesPerSecond)) await this.#wait(100);
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}

export class TcpProxy {
  readonly #server: Server;
  readonly #links = new Set<ProxyLink>();
  readonly #sockets = new Set<Socket>();
  #state: 'open' | 'refusing' = 'open';

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free port of loopback and connects to `port` there. */
  static async listen(port: number, clock: Clock = systemClock): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new TcpProxy(server);
    server.on('connection', (client) => proxy.#join(client, port, clock));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Links that are open, the oldest first. */
  get links(): ProxyLink[] {
    return [...this.#links];
  }

  /** Cuts all links, and resets whoever comes until admit(). */
  refuse(): void {
    this.#state = 'refusing';
    for (const link of this.links) link.cut();
  }

  admit(): void {
    this.#state = 'open';
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket, port: number, clock: Clock): void {
    if (this.#state === 'refusing') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const link: ProxyLink = new ProxyLink(client, server, clock, () => this.#links.delete(link));
    this.#links.add(link);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    }
  }
}
