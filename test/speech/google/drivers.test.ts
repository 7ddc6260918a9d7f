import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { Channels } from '../../../src/speech/google/channels.ts';
import type { Driver, DriverCall, Opening, Version } from '../../../src/speech/google/driver.ts';
import type { DriverName } from '../../../src/speech/google/driver-choice.ts';
import { DRIVERS } from '../../../src/speech/google/driver-choice.ts';
import { openingOf } from '../../../src/speech/google/request.ts';
import { read } from '../../../src/speech/google/response.ts';
import type { EmulatorOptions } from '../../emulator/emulator.ts';
import type { CodeName } from '../../emulator/limits.ts';
import { CODE, TEXTS, VERSIONS } from '../../emulator/limits.ts';
import { Heard } from '../../fakes/heard.ts';
import { lend } from '../../fakes/lend.ts';
import { driverTo, EmulatorServer, until } from './grpc-rigs.ts';
import { CONFIG, silence, speech } from './rigs.ts';

const servers: EmulatorServer[] = [];
const drivers: Driver[] = [];

afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.close();
  for (const server of servers.splice(0)) await server.close();
});

async function start(options: EmulatorOptions = {}): Promise<EmulatorServer> {
  const server = await EmulatorServer.start(options);
  servers.push(server);
  return server;
}

function kept(driver: Driver): Driver {
  drivers.push(driver);
  return driver;
}

function opening(version: Version): Opening {
  return openingOf({ version, project: 'p', location: 'global', model: undefined }, CONFIG);
}

function sendAll(call: DriverCall, audio: Uint8Array): void {
  for (let at = 0; at < audio.byteLength; at += 3_200) {
    lend(audio.subarray(at, at + 3_200), (lent) => call.write(lent));
  }
}

const WAYS: readonly (readonly [DriverName, Version])[] = DRIVERS.flatMap((name) =>
  VERSIONS.map((version) => [name, version] as const),
);

describe.each(WAYS)('The driver %s, %s', (name, version) => {
  it('brings audio there and responses back, and ends with 0', async () => {
    const server = await start();
    const heard = new Heard();
    const call = kept(server.newDriver(name, version)).open(opening(version), heard);
    sendAll(call, speech(1));
    call.halfClose();
    expect([heard.messages, heard.ends]).toEqual([0, []]);
    await until(() => heard.ends.length > 0);
    expect(heard.ends).toEqual([[0, '']]);
    expect(heard.taken).toBe(speech(1).byteLength);
    expect(server.emulator.report()).toMatchObject({ wordsHeard: 6, ends: { OK: 1 }, open: [] });
  });

  it('cancels a call for good: it is over at the other end, and nothing is said', async () => {
    // Node half-closes what it resets: an emulator that answered at once would call that a good end.
    const server = await start({ latency: { tailMs: 1_000 } });
    const heard = new Heard();
    const call = kept(server.newDriver(name, version)).open(opening(version), heard);
    sendAll(call, silence(1_000));
    await until(() => server.emulator.report().audioMs === 1_000);
    call.cancel();
    call.cancel();
    call.write(silence(100));
    call.halfClose();
    await until(() => server.emulator.report().open.length === 0);
    expect(server.emulator.report().ends).toEqual({ CANCELLED: 1 });
    expect(heard.ends).toEqual([]);
  });

  it('leaves no call open that is cancelled before it got anywhere', async () => {
    const server = await start();
    const driver = kept(server.newDriver(name, version));
    const heard = new Heard();
    // On a client that still connects, and on one that is connected.
    for (const round of ['new', 'connected']) {
      for (let n = 0; n < 10; n++) {
        const call = driver.open(opening(version), heard);
        call.write(silence(100));
        for (let wait = 0; wait < n; wait++) await Promise.resolve();
        call.cancel();
      }
      const last = new Heard();
      driver.open(opening(version), last).halfClose();
      await until(() => last.ends.length > 0);
      await until(() => server.emulator.report().open.length === 0);
      expect([round, heard.ends]).toEqual([round, []]);
    }
    // A forgotten one would have lived until it was idle for 10 s.
    expect(server.emulator.report().ends).not.toHaveProperty('OUT_OF_RANGE');
    expect(server.emulator.report().ends).not.toHaveProperty('ABORTED');
  });

  it.each((Object.keys(CODE) as CodeName[]).filter((code) => code !== 'OK'))(
    'tells the end by %s once, however much is written after',
    async (code) => {
      const server = await start({ faults: [{ what: { kind: 'status', code } }] });
      const heard = new Heard();
      const call = kept(server.newDriver(name, version)).open(opening(version), heard);
      sendAll(call, silence(500));
      await until(() => heard.ends.length > 0);
      for (let n = 0; n < 10; n++) call.write(silence(100));
      call.halfClose();
      await new Promise<void>((resolve) => systemClock.after(20, resolve));
      expect(heard.ends).toEqual([[CODE[code], TEXTS[code]]]);
    },
  );

  it('says that nobody is there', async () => {
    const heard = new Heard();
    kept(driverTo(1, name, version)).open(opening(version), heard);
    await until(() => heard.ends.length > 0);
    expect(heard.ends[0]?.[0]).toBe(14);
  });

  it('serves 250 streams at once, on three connections, and none hangs', async () => {
    const server = await start();
    const channels = new Channels({
      clock: systemClock,
      newDriver: () => server.newDriver(name, version),
      isFailure: () => true,
    });
    const all = Array.from({ length: 250 }, () => {
      const heard = new Heard();
      return { heard, call: channels.open(opening(version), heard) };
    });
    await until(() => server.emulator.report().open.length === 250);
    expect(server.front.connections).toBe(3);
    for (const { call } of all) {
      call?.write(silence(100));
      call?.halfClose();
    }
    await until(() => all.every(({ heard }) => heard.ends.length > 0));
    expect(all.every(({ heard }) => heard.ends[0]?.[0] === 0)).toBe(true);
    await channels.close();
    expect(server.emulator.report()).toMatchObject({ open: [], ends: { OK: 250 } });
  });
});

describe.each(VERSIONS)('All drivers of %s', (version) => {
  it('say the same in their responses, to the letter', async () => {
    const told: object[][] = [];
    for (const name of DRIVERS) {
      const server = await start();
      const heard = new Heard();
      const call = kept(server.newDriver(name, version)).open(opening(version), heard);
      sendAll(call, speech(3));
      call.halfClose();
      await until(() => heard.ends.length > 0);
      expect(heard.ends).toEqual([[0, '']]);
      told.push(heard.responses.map((response) => read(response, 16_000)));
    }
    expect(told[0]?.length).toBeGreaterThan(3);
    expect(told[1]).toEqual(told[0]);
    expect(JSON.stringify(told[1])).toBe(JSON.stringify(told[0]));
  });
});
