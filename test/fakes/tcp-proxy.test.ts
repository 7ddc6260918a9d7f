import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { TcpProxy } from './tcp-proxy.ts';

const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A client of an echo server, with the proxy between them. */
async function rig() {
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  const proxy = await TcpProxy.listen((server.address() as AddressInfo).port);
  ends.push(() => proxy.close());
  const client = connect(proxy.port, '127.0.0.1');
  client.on('error', () => undefined);
  ends.push(() => client.destroy());
  await once(client, 'connect');
  client.write('a');
  await once(client, 'data');
  const [link] = proxy.links;
  if (link === undefined) throw new Error('no link');
  return { proxy, client, link, accepted };
}

async function read(client: Socket, bytes: number): Promise<string> {
  let text = '';
  while (text.length < bytes) {
    const [data] = await once(client, 'data');
    text += String(data);
  }
  return text;
}

describe('TcpProxy', () => {
  it('passes everything on, in pieces and slowly where it is told so', async () => {
    const { client, link } = await rig();
    link.slice('up', 3);
    link.slow('down', 100);
    client.write('0123456789abcdefghij');
    expect(await read(client, 20)).toBe('0123456789abcdefghij');
  });

  it('cuts: both ends are closed', async () => {
    const { proxy, client, link, accepted } = await rig();
    const closed = [client, ...accepted].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    link.cut();
    await Promise.all(closed);
    expect(proxy.links).toEqual([]);
  });

  it('freezes: neither end is told, and nothing arrives', async () => {
    const { client, link, accepted } = await rig();
    link.freeze();
    await new Promise<void>((resolve) => client.write('lost', () => resolve()));
    accepted[0]?.destroy();
    client.end();
    expect(client.bytesRead).toBe(1);
    expect(client.destroyed).toBe(false);
  });

  it('stalls one direction until it flows again', async () => {
    const { client, link } = await rig();
    link.stall('down');
    client.write('held');
    link.flow('down');
    expect(await read(client, 4)).toBe('held');
  });
});
