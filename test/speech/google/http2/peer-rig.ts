/**
 * Peer rig: the driver on node:http2 before a peer that answers as a test says.
 */
import type { ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../../../src/clock.ts';
import { systemClock } from '../../../../src/clock.ts';
import { Beat } from '../../../../src/speech/google/beat.ts';
import type { Driver, Opening } from '../../../../src/speech/google/driver.ts';
import type { Access } from '../../../../src/speech/google/http2/access.ts';
import { OPEN_ACCESS } from '../../../../src/speech/google/http2/access.ts';
import { Http2Driver } from '../../../../src/speech/google/http2/driver.ts';
import { frameOf } from '../../../../src/speech/google/http2/frames.ts';
import { Parcels } from '../../../../src/speech/google/http2/parcels.ts';
import { openingOf } from '../../../../src/speech/google/request.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';
import { Heard } from '../../../fakes/heard.ts';
import type { Answer, PeerOptions } from '../../../fakes/http2-peer.ts';
import { Http2Peer } from '../../../fakes/http2-peer.ts';
import { until } from '../grpc-rigs.ts';
import { CONFIG, silence } from '../rigs.ts';

interface Parts {
  readonly clock?: Clock;
  readonly access?: Access;
  readonly host?: string;
  readonly ca?: string;
}

export const OPENING: Opening = openingOf(
  { version: 'v1', project: 'p', location: 'global', model: undefined },
  CONFIG,
);
export const GRPC = { ':status': 200, 'content-type': 'application/grpc' };
/** A response whose billed time is 1 s. */
export const RESPONSE = frameOf(Buffer.from('2a020801', 'hex'));

/** Answers headers, `body` and a good end. */
export function well(stream: ServerHttp2Stream, body: Buffer): void {
  stream.respond(GRPC, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(body);
}

/** Time for what is on its way within this machine. */
export function aMoment(): Promise<void> {
  return new Promise((resolve) => systemClock.after(2, resolve));
}

export class PeerRig {
  readonly #servers: { close(): Promise<void> }[] = [];
  readonly #drivers: Driver[] = [];
  /** Those of drivers that don't go by the process's. */
  readonly #clocks: FakeClock[] = [];

  /** Closes it with the rig, before all that were kept earlier. */
  keep<T extends { close(): Promise<void> }>(server: T): T {
    this.#servers.unshift(server);
    return server;
  }

  async listen(answer: Answer, options?: PeerOptions): Promise<Http2Peer> {
    return this.keep(await Http2Peer.listen(answer, options));
  }

  driverTo(port: number, { clock = systemClock, access, host, ca }: Parts = {}): Driver {
    const driver = new Http2Driver({
      version: 'v1',
      place: { host: host ?? '127.0.0.1', port, isPlain: ca === undefined, project: 'p' },
      clock,
      departures: new Beat(systemClock, 5),
      parcels: new Parcels(),
      access: access ?? OPEN_ACCESS,
      ...(ca !== undefined && { ca }),
    });
    this.#drivers.push(driver);
    if (clock instanceof FakeClock) this.#clocks.push(clock);
    return driver;
  }

  /** What a call hears that is answered so. */
  async heardOf(answer: Answer): Promise<Heard> {
    const peer = await this.listen(answer);
    const heard = new Heard();
    const call = this.driverTo(peer.port).open(OPENING, heard);
    call.write(silence(100));
    await until(() => heard.ends.length > 0);
    return heard;
  }

  async close(): Promise<void> {
    const closing = this.#drivers.splice(0).map((driver) => driver.close());
    for (const clock of this.#clocks.splice(0)) await clock.advance(0);
    await Promise.all(closing);
    for (const server of this.#servers.splice(0)) await server.close();
  }
}
