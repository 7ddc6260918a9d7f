/**
 * Channels: the connections to Google, as many as the streams need (policy alone).
 *
 * A connection takes 100 streams and lets the next one wait in silence, so none is given more than 90.
 * The fullest that has room is taken, so that others empty and go. One that has just failed is left
 * alone while there is another, and after a second failure without an answer it takes no more.
 */
import type { Clock, Timer } from '../../clock.ts';
import type { Driver, DriverCall, DriverEvents, Opening } from './driver.ts';

export interface ChannelLimits {
  readonly streamsMax: number;
  readonly channelsMax: number;
  /** A channel without streams is closed after so long, unless it is the last. */
  readonly idleMsMax: number;
  readonly failuresMax: number;
}

export const CHANNELS: ChannelLimits = {
  streamsMax: 90,
  channelsMax: 200,
  idleMsMax: 60_000,
  failuresMax: 2,
};

/** A call, whose channel can be blamed for how it went. */
export interface ChannelCall extends DriverCall {
  /** As cancel(); and the channel has failed. */
  blame(): void;
}

interface Channel {
  readonly driver: Driver;
  streams: number;
  /** Since a stream was last answered. */
  failures: number;
  idleMs: number;
}

interface ChannelEvents {
  /** So many are open now: those that take streams, and those whose last streams have not ended. */
  onChannels(open: number): void;
  /** One has failed too often: another takes its place. */
  onChannelReplaced(): void;
}

export interface ChannelParts {
  readonly clock: Clock;
  readonly newDriver: () => Driver;
  /** Whether a status speaks against the connection. */
  readonly isFailure: (code: number, text: string) => boolean;
  readonly events?: ChannelEvents | undefined;
  readonly limits?: ChannelLimits;
}

export class Channels {
  readonly #parts: ChannelParts;
  readonly #limits: ChannelLimits;
  /** Those that take streams. */
  readonly #channels = new Set<Channel>();
  /** Those that don't any more, until their last stream has ended. */
  readonly #retired = new Set<Channel>();
  #shrink: Timer | undefined;
  #closing: Promise<void>[] = [];

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? CHANNELS;
  }

  /** Streams of each channel that takes more. */
  get sizes(): number[] {
    return Array.from(this.#channels, ({ streams }) => streams);
  }

  /** Undefined when all channels are full and there may be no more of them. */
  open(opening: Opening, events: DriverEvents): ChannelCall | undefined {
    const channel = this.#choose();
    if (channel === undefined) return undefined;
    channel.streams += 1;
    let state: 'open' | 'over' = 'open';
    const over = (): void => {
      if (state === 'over') return;
      state = 'over';
      this.#leave(channel);
    };
    const call = channel.driver.open(opening, {
      onMessage: (response) => {
        channel.failures = 0;
        events.onMessage(response);
      },
      onTaken: (bytes) => events.onTaken(bytes),
      onEnd: (code, text) => {
        if (this.#parts.isFailure(code, text)) channel.failures += 1;
        over();
        events.onEnd(code, text);
      },
    });
    const cancel = (): void => {
      call.cancel();
      over();
    };
    return {
      write: (audio) => call.write(audio),
      halfClose: () => call.halfClose(),
      cancel,
      blame: () => {
        channel.failures += 1;
        cancel();
      },
    };
  }

  /** Frees all channels. To be called when no call is left. */
  async close(): Promise<void> {
    this.#shrink?.cancel();
    this.#shrink = undefined;
    for (const channel of [...this.#channels, ...this.#retired]) this.#end(channel);
    await Promise.all(this.#closing);
  }

  #choose(): Channel | undefined {
    let best: Channel | undefined;
    for (const channel of this.#channels) {
      if (channel.streams >= this.#limits.streamsMax) continue;
      if (best === undefined || isBetter(channel, best)) best = channel;
    }
    if (best?.failures === 0) return best;
    return this.#add() ?? best;
  }

  #add(): Channel | undefined {
    const { channelsMax } = this.#limits;
    if (this.#channels.size + this.#retired.size >= channelsMax) return undefined;
    const { clock, newDriver } = this.#parts;
    const idleMs = clock.nowMs();
    const channel: Channel = { driver: newDriver(), streams: 0, failures: 0, idleMs };
    this.#channels.add(channel);
    this.#count();
    return channel;
  }

  #leave(channel: Channel): void {
    channel.streams -= 1;
    channel.idleMs = this.#parts.clock.nowMs();
    if (channel.failures >= this.#limits.failuresMax && this.#channels.delete(channel)) {
      this.#retired.add(channel);
      this.#parts.events?.onChannelReplaced();
    }
    if (channel.streams > 0) return;
    if (this.#retired.has(channel)) this.#end(channel);
    else this.#watchIdle();
  }

  /** One timer for all channels, while one of them may have to go. */
  #watchIdle(): void {
    if (this.#shrink !== undefined) return;
    const idle = Array.from(this.#channels).filter(({ streams }) => streams === 0);
    if (idle.length === 0 || this.#channels.size < 2) return;
    const { clock } = this.#parts;
    const sinceMs = Math.min(...idle.map(({ idleMs }) => idleMs));
    const waitMs = Math.max(0, sinceMs + this.#limits.idleMsMax - clock.nowMs());
    this.#shrink = clock.after(waitMs, () => {
      this.#shrink = undefined;
      this.#endIdle(clock.nowMs() - this.#limits.idleMsMax);
      this.#watchIdle();
    });
  }

  #endIdle(sinceMsMax: number): void {
    for (const channel of this.#channels) {
      if (this.#channels.size < 2) return;
      if (channel.streams === 0 && channel.idleMs <= sinceMsMax) this.#end(channel);
    }
  }

  #end(channel: Channel): void {
    this.#channels.delete(channel);
    this.#retired.delete(channel);
    this.#count();
    const closing = channel.driver.close().catch(() => undefined);
    this.#closing.push(closing);
    void closing.then(() => {
      this.#closing = this.#closing.filter((each) => each !== closing);
    });
  }

  #count(): void {
    this.#parts.events?.onChannels(this.#channels.size + this.#retired.size);
  }
}

/** Healthy before failed, and then full before empty. */
function isBetter(channel: Channel, than: Channel): boolean {
  if (channel.failures !== than.failures) return channel.failures < than.failures;
  return channel.streams > than.streams;
}
