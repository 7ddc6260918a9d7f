/**
 * HTTP/2 driver: a driver on node:http2, one connection each, for half of what Google's library costs.
 *
 * After GOAWAY or a break, or when the peer would let it wait, the next call makes another connection;
 * calls that run stay where they are.
 */

import type { Clock } from '../../../clock.ts';
import { messageOf } from '../../../errors.ts';
import type { Beat } from '../beat.ts';
import type { Driver, DriverCall, DriverEvents, Opening, Version } from '../driver.ts';
import type { Place } from '../library.ts';
import type { Access, AccessHeaders } from './access.ts';
import { DEADLINE_MS, Http2Call } from './call.ts';
import type { Codec } from './codec.ts';
import { CODECS } from './codec.ts';
import { Connection } from './connection.ts';
import type { Parcels } from './parcels.ts';
import { broken, unreachable } from './status.ts';

export interface Http2Parts {
  readonly version: Version;
  readonly place: Place;
  readonly clock: Clock;
  /** When audio leaves; to be shared by all drivers. */
  readonly departures: Beat;
  /** Memory of what leaves; to be shared like that. */
  readonly parcels: Parcels;
  readonly access: Access;
  /** Certificates (PEM) of those who may vouch for the peer; Node's own when absent. */
  readonly ca?: string;
}

/** How often a connection may go, or be full, between being ready and being used. */
const TRIES_MAX = 3;
const NODE = process.versions.node;

export class Http2Driver implements Driver {
  readonly #parts: Http2Parts;
  readonly #codec: Codec;
  /** The one that new calls go to. */
  #connection: Connection | undefined;
  /** Those that are not gone, that one included. */
  readonly #connections = new Set<Connection>();
  #onEmpty: (() => void) | undefined;

  constructor(parts: Http2Parts) {
    this.#parts = parts;
    this.#codec = CODECS[parts.version];
  }

  open(opening: Opening, events: DriverEvents): DriverCall {
    const call: Http2Call = new Http2Call({
      codec: this.#codec,
      events,
      clock: this.#parts.clock,
      departures: this.#parts.departures,
      parcels: this.#parts.parcels,
      onRefused: () => void this.#begin(call, opening),
    });
    void this.#begin(call, opening);
    return call;
  }

  async close(): Promise<void> {
    if (this.#connections.size === 0) return;
    const gone = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const connection of this.#connections) connection.destroy();
    await gone;
  }

  /** Never rejects: why it fails is the call's end. */
  async #begin(call: Http2Call, opening: Opening): Promise<void> {
    const access = await this.#parts.access.headers();
    if ('refusal' in access) {
      call.fail(access.refusal);
      return;
    }
    for (let tries = 0; tries < TRIES_MAX && !call.isOver; tries++) {
      let connection: Connection;
      try {
        // What is no address is found here.
        connection = this.#connected();
        await connection.ready;
      } catch (error) {
        call.fail(unreachable(messageOf(error)));
        return;
      }
      if (!call.isOver && connection.takesCalls && connection.admits()) {
        this.#request(call, connection, opening, access.headers);
        return;
      }
    }
    call.fail(unreachable('connections went, or took no streams, as soon as they were there'));
  }

  #request(call: Http2Call, connection: Connection, opening: Opening, access: AccessHeaders): void {
    const { host, port, isPlain } = this.#parts.place;
    try {
      const first = this.#codec.frameOfFirst(opening.first);
      const stream = connection.request({
        ...opening.headers,
        ...access,
        ':method': 'POST',
        ':scheme': isPlain ? 'http' : 'https',
        ':authority': `${host}:${port}`,
        ':path': this.#codec.path,
        te: 'trailers',
        'content-type': 'application/grpc',
        'grpc-accept-encoding': 'identity',
        'grpc-timeout': `${DEADLINE_MS}m`,
        'user-agent': `earshot node/${NODE}`,
        'x-goog-api-client': `gl-node/${NODE}`,
      });
      call.begin(stream, first);
    } catch (error) {
      call.fail(broken(`Failed to start HTTP/2 stream with error ${messageOf(error)}`));
    }
  }

  #connected(): Connection {
    if (this.#connection?.takesCalls) return this.#connection;
    const { place, clock, ca } = this.#parts;
    const connection: Connection = new Connection({
      place,
      clock,
      ca,
      onLeaving: () => {
        if (this.#connection === connection) this.#connection = undefined;
      },
      onGone: () => {
        this.#connections.delete(connection);
        if (this.#connections.size === 0) this.#onEmpty?.();
      },
    });
    this.#connection = connection;
    this.#connections.add(connection);
    return connection;
  }
}
