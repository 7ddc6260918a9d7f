import type { ClientHttp2Session, ClientHttp2Stream, ServerHttp2Stream } from 'node:http2';
import { connect, constants } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { Beat } from '../../../../src/speech/google/beat.ts';
import { Http2Call } from '../../../../src/speech/google/http2/call.ts';
import { CODECS } from '../../../../src/speech/google/http2/codec.ts';
import { Parcels } from '../../../../src/speech/google/http2/parcels.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';
import { Heard } from '../../../fakes/heard.ts';
import { until } from '../grpc-rigs.ts';
import { silence } from '../rigs.ts';
import { aMoment, GRPC, OPENING, PeerRig } from './peer-rig.ts';

const rig = new PeerRig();
const sessions: ClientHttp2Session[] = [];

afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  await rig.close();
});

interface Begun {
  readonly call: Http2Call;
  readonly stream: ClientHttp2Stream;
}

/** Calls on streams that the test can see, of one session, before a peer that hears them all. */
async function begin(clock: FakeClock, all: Heard[]) {
  const peers: ServerHttp2Stream[] = [];
  const peer = await rig.listen((stream) => peers.push(stream.resume()));
  const session = connect(`http://127.0.0.1:${peer.port}`);
  sessions.push(session);
  const { v1: codec } = CODECS;
  const begun = all.map((events): Begun => {
    const departures = new Beat(clock, 5);
    const onRefused = (): void => undefined;
    const parcels = new Parcels();
    const call = new Http2Call({ codec, events, clock, departures, parcels, onRefused });
    const stream = session.request({ ':method': 'POST', ':path': codec.path });
    call.begin(stream, codec.frameOfFirst(OPENING.first));
    return { call, stream };
  });
  await until(() => peers.length === all.length);
  return { begun, peers };
}

describe('Http2Call that is given up', () => {
  /** Throws where a reset comes at once: what the other test does would then freeze its process. */
  async function resetLater(): Promise<void> {
    const clock = new FakeClock();
    const seen: boolean[] = [];
    const [one, two] = [new Heard(), new Heard()];
    const { begun, peers } = await begin(clock, [one, two]);
    one.onEnd = () => {
      begun[1]?.call.cancel();
      seen.push(begun[1]?.stream.closed ?? true);
    };
    peers[0]?.close(constants.NGHTTP2_INTERNAL_ERROR);
    await until(() => seen.length > 0);
    await aMoment();
    expect([seen, begun[1]?.stream.closed]).toEqual([[false], false]);
    await clock.advance(0);
    expect([begun[1]?.stream.closed, two.ends]).toEqual([true, []]);
    await until(() => peers.every((stream) => stream.closed));
    expect(clock.pending).toBe(0);
  }

  it('resets its stream only after what was called back has returned', resetLater);

  it('by the end of another, whose audio was just written, lets the connection live', async () => {
    await resetLater();
    const peers: ServerHttp2Stream[] = [];
    const peer = await rig.listen((stream) => peers.push(stream.resume()));
    const driver = rig.driverTo(peer.port);
    const [one, two] = [new Heard(), new Heard()];
    const calls = [driver.open(OPENING, one), driver.open(OPENING, two)];
    const ended: number[] = [];
    one.onEnd = (code) => {
      calls[1]?.cancel();
      ended.push(code);
    };
    for (const call of calls) call.write(silence(100));
    await until(() => one.taken + two.taken === 2 * silence(100).byteLength);
    // Timers, what arrived, immediates: the reset is there before what is written now has left.
    systemClock.after(1, () => {
      peers[0]?.close(constants.NGHTTP2_INTERNAL_ERROR);
      setImmediate(() => {
        systemClock.after(1, () => calls[0]?.write(silence(100)));
        const lateMs = systemClock.nowMs() + 10;
        while (systemClock.nowMs() < lateMs);
      });
    });
    await until(() => ended.length > 0 && peers.every((stream) => stream.closed));
    expect([ended, two.ends]).toEqual([[13], []]);
    const three = new Heard();
    driver.open(OPENING, three);
    await until(() => peers.length === 3);
    peers[2]?.respond({ ...GRPC, 'grpc-status': '0' }, { endStream: true });
    await until(() => three.ends.length > 0);
    expect([three.ends, peer.sessions.length]).toEqual([[[0, '']], 1]);
  });
});
