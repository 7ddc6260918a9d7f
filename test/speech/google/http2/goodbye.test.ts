import { constants } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import type { Driver } from '../../../../src/speech/google/driver.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';
import { Heard } from '../../../fakes/heard.ts';
import { TcpProxy } from '../../../fakes/tcp-proxy.ts';
import { until } from '../grpc-rigs.ts';
import { silence } from '../rigs.ts';
import { aMoment, OPENING, PeerRig, RESPONSE, well } from './peer-rig.ts';

const rig = new PeerRig();
afterEach(() => rig.close());

/** Whether nothing is left to be closed: else close() waits for the clock, which nobody moves. */
async function isGone(driver: Driver): Promise<boolean> {
  const seen: true[] = [];
  void driver.close().then(() => seen.push(true));
  await aMoment();
  return seen.length > 0;
}

describe('A connection whose peer does not close it', () => {
  it('goes 5 s after GOAWAY and the last call', async () => {
    const clock = new FakeClock();
    const peer = await rig.listen((stream) => {
      stream.on('end', () => well(stream, RESPONSE));
      stream.resume();
    });
    const proxy = rig.keep(await TcpProxy.listen(peer.port));
    const driver = rig.driverTo(proxy.port, { clock });
    const heard = new Heard();
    driver.open(OPENING, heard).halfClose();
    await until(() => heard.ends.length > 0);
    proxy.links[0]?.stall('up');
    peer.sessions[0]?.goaway(constants.NGHTTP2_NO_ERROR);
    await until(() => clock.pending === 1);
    await clock.advance(4_999);
    await aMoment();
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    await aMoment();
    expect([clock.pending, await isGone(driver)]).toEqual([0, true]);
  });

  it('goes when it is found dead, though much was still to be read', async () => {
    const clock = new FakeClock();
    const settings = { initialWindowSize: 2 ** 30 };
    const peer = await rig.listen((stream) => stream.resume(), { settings });
    const proxy = rig.keep(await TcpProxy.listen(peer.port));
    const driver = rig.driverTo(proxy.port, { clock });
    const heard = new Heard();
    const call = driver.open(OPENING, heard);
    await until(() => peer.requests.length === 1);
    peer.sessions[0]?.setLocalWindowSize(2 ** 30);
    await aMoment();
    proxy.links[0]?.stall('up');
    for (let n = 0; n < 8_000; n++) call.write(silence(100));
    await aMoment();
    await clock.advance(40_000);
    await until(() => heard.ends.length > 0);
    await aMoment();
    expect(heard.ends).toEqual([[14, 'Connection dropped']]);
    expect(heard.taken).toBeLessThan(8_000 * silence(100).byteLength);
    expect([clock.pending, await isGone(driver)]).toEqual([0, true]);
  });

  it('goes by close(), though much was still to be read', async () => {
    const settings = { initialWindowSize: 2 ** 30 };
    const peer = await rig.listen((stream) => stream.resume(), { settings });
    const proxy = rig.keep(await TcpProxy.listen(peer.port));
    const driver = rig.driverTo(proxy.port);
    const call = driver.open(OPENING, new Heard());
    await until(() => peer.requests.length === 1);
    peer.sessions[0]?.setLocalWindowSize(2 ** 30);
    await aMoment();
    proxy.links[0]?.stall('up');
    for (let n = 0; n < 8_000; n++) call.write(silence(100));
    call.cancel();
    await driver.close();
  });
});
