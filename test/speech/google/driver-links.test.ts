import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Driver, DriverCall, Version } from '../../../src/speech/google/driver.ts';
import type { DriverName } from '../../../src/speech/google/driver-choice.ts';
import { DRIVERS } from '../../../src/speech/google/driver-choice.ts';
import { openingOf } from '../../../src/speech/google/request.ts';
import type { EmulatorOptions } from '../../emulator/emulator.ts';
import type { Rule } from '../../emulator/faults.ts';
import { CODE, VERSIONS } from '../../emulator/limits.ts';
import { resetStatus } from '../../emulator/link.ts';
import { Heard } from '../../fakes/heard.ts';
import { lend } from '../../fakes/lend.ts';
import { TcpProxy } from '../../fakes/tcp-proxy.ts';
import { driverTo, EmulatorServer, until } from './grpc-rigs.ts';
import { CONFIG, silence, speech } from './rigs.ts';

const servers: EmulatorServer[] = [];
const proxies: TcpProxy[] = [];
const drivers: Driver[] = [];

afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.close();
  for (const proxy of proxies.splice(0)) await proxy.close();
  for (const server of servers.splice(0)) await server.close();
});

const WAYS: readonly (readonly [DriverName, Version])[] = DRIVERS.flatMap((name) =>
  VERSIONS.map((version) => [name, version] as const),
);

/** Resets are told apart without regard to the version. */
const RESETS: readonly (readonly [DriverName, number])[] = DRIVERS.flatMap((name) =>
  [1, 2, 3, 5, 7, 8, 9, 11, 12, 13].map((errorCode) => [name, errorCode] as const),
);

async function start(faults: Rule[], options: EmulatorOptions = {}): Promise<EmulatorServer> {
  const server = await EmulatorServer.start({ ...options, faults });
  servers.push(server);
  return server;
}

function kept(driver: Driver): Driver {
  drivers.push(driver);
  return driver;
}

function open(driver: Driver, version: Version): { call: DriverCall; heard: Heard } {
  const heard = new Heard();
  const account = { version, project: 'p', location: 'global', model: undefined };
  return { heard, call: driver.open(openingOf(account, CONFIG), heard) };
}

function send(call: DriverCall, audio: Uint8Array): void {
  for (let at = 0; at < audio.byteLength; at += 3_200) {
    lend(audio.subarray(at, at + 3_200), (lent) => call.write(lent));
  }
}

describe.each(RESETS)('The driver %s', (name, errorCode) => {
  it(`tells RST_STREAM with code ${errorCode} as gRPC does, after what was said before`, async () => {
    const what = { kind: 'rst-stream', errorCode } as const;
    const server = await start([{ what, when: { at: 'final', nth: 1 } }]);
    const { call, heard } = open(kept(server.newDriver(name, 'v1')), 'v1');
    send(call, speech(1));
    await until(() => heard.ends.length > 0);
    const { code, text } = resetStatus(errorCode);
    expect(heard.ends).toEqual([[CODE[code], text]]);
    expect(heard.messages).toBeGreaterThan(0);
    await until(() => server.emulator.report().open.length === 0);
  });
});

describe.each(WAYS)('The driver %s, %s', (name, version) => {
  it('tells all calls of a connection that is cut, and makes another for the next', async () => {
    const cut = { kind: 'cut' } as const;
    const server = await start([
      { what: cut, when: { at: 'audio', ms: 500 }, which: ({ nth }) => nth === 2 },
    ]);
    const driver = kept(server.newDriver(name, version));
    const [one, two] = [open(driver, version), open(driver, version)];
    await until(() => server.emulator.report().open.length === 2);
    send(two.call, speech(1));
    send(one.call, silence(100));
    await until(() => one.heard.ends.length + two.heard.ends.length === 2);
    for (const { heard } of [one, two]) expect(heard.ends).toEqual([[14, 'Connection dropped']]);
    const three = open(driver, version);
    send(three.call, speech(1));
    three.call.halfClose();
    await until(() => three.heard.ends.length > 0);
    expect(three.heard.ends).toEqual([[0, '']]);
    expect(server.emulator.report()).toMatchObject({ open: [], ends: { cut: 2, OK: 1 } });
  });

  it('lets calls run on after GOAWAY, and makes another connection for the next', async () => {
    const goaway = { kind: 'goaway' } as const;
    const server = await start([
      { what: goaway, when: { at: 'audio', ms: 500 }, which: ({ nth }) => nth === 1 },
    ]);
    const driver = kept(server.newDriver(name, version));
    const one = open(driver, version);
    send(one.call, silence(1_000));
    await until(() => server.emulator.report().audioMs === 1_000);
    const two = open(driver, version);
    await until(() => server.emulator.report().open.length === 2);
    expect(server.front.connections).toBe(2);
    for (const { call } of [one, two]) {
      send(call, speech(1));
      call.halfClose();
    }
    await until(() => one.heard.ends.length + two.heard.ends.length === 2);
    expect([one.heard.ends, two.heard.ends]).toEqual([[[0, '']], [[0, '']]]);
    expect(server.emulator.report()).toMatchObject({ open: [], wordsHeard: 12, ends: { OK: 2 } });
    await until(() => server.front.connections === 1);
  });

  it('holds what a peer does not read, and lets others of the connection pass', async () => {
    const what = { kind: 'slow-read', bytesPerSecond: 0 } as const;
    const which: Rule['which'] = ({ nth }) => nth === 1;
    const server = await start([{ what, when: { at: 'audio', ms: 500 }, which }]);
    const driver = kept(server.newDriver(name, version));
    const slow = open(driver, version);
    await until(() => server.emulator.report().open.length === 1);
    const bytes = 600 * silence(100).byteLength;
    for (let n = 0; n < 600; n++) slow.call.write(silence(100));
    const other = open(driver, version);
    send(other.call, speech(1));
    other.call.halfClose();
    await until(() => other.heard.ends.length > 0);
    expect(other.heard.ends).toEqual([[0, '']]);
    expect(slow.heard.taken).toBeLessThan(bytes);
    slow.call.cancel();
    await until(() => server.emulator.report().open.length === 0);
    expect(slow.heard.ends).toEqual([]);
  });

  it('hears all through a network that cuts its bytes into pieces of any size', async () => {
    const server = await start([]);
    const proxy = await TcpProxy.listen(server.front.port);
    proxies.push(proxy);
    const driver = kept(driverTo(proxy.port, name, version));
    const { call, heard } = open(driver, version);
    await until(() => server.emulator.report().open.length === 1);
    proxy.links[0]?.slice('down', 3);
    send(call, speech(2));
    call.halfClose();
    await until(() => heard.ends.length > 0);
    expect(heard.ends).toEqual([[0, '']]);
    expect(server.emulator.report()).toMatchObject({ open: [], wordsHeard: 12 });
  });

  it('opens nothing after calls that were cancelled while nobody answered', async () => {
    const server = await start([]);
    const proxy = await TcpProxy.listen(server.front.port);
    proxies.push(proxy);
    const driver = kept(driverTo(proxy.port, name, version));
    const { call, heard } = open(driver, version);
    call.write(silence(100));
    await until(() => proxy.links.length === 1);
    proxy.links[0]?.stall('up');
    call.cancel();
    proxy.links[0]?.flow('up');
    const next = open(driver, version);
    next.call.halfClose();
    await until(() => next.heard.ends.length > 0);
    await new Promise<void>((resolve) => systemClock.after(10, resolve));
    expect(heard.ends).toEqual([]);
    await until(() => server.emulator.report().open.length === 0);
  });
});
