/**
 * Watched: slots and overlaps that say when they were asked for or given back.
 *
 * A worker tells its supervisor how many are in use and how many more could be. That is to be read from
 * them; here is only when to read it again.
 */
import type { Ask, AskEvents, Refusal, Slot, Wish } from '../speech/ask.ts';
import { Overlaps } from '../speech/overlaps.ts';
import { Slots } from '../speech/slots.ts';
import type { Starts } from '../speech/starts.ts';

type OnChange = () => void;

export class WatchedSlots extends Slots {
  readonly #onChange: OnChange;

  constructor(parts: ConstructorParameters<typeof Slots>, onChange: OnChange) {
    super(...parts);
    this.#onChange = onChange;
  }

  override ask(wish: Wish, events: AskEvents): Ask | Refusal {
    this.#onChange();
    const answer = super.ask(wish, {
      onGranted: (slot) => {
        this.#onChange();
        events.onGranted(watched(slot, this.#onChange));
      },
      onQueued: (place) => events.onQueued(place),
      onExpired: (retryAfterMs) => {
        this.#onChange();
        events.onExpired(retryAfterMs);
      },
    });
    if (!('cancel' in answer)) return answer;
    return {
      cancel: () => {
        this.#onChange();
        answer.cancel();
      },
    };
  }
}

export class WatchedOverlaps extends Overlaps {
  readonly #onChange: OnChange;
  #wanted = 0;

  /** Begins with none. `starts` undefined: any number. */
  constructor(onChange: OnChange, starts?: Starts) {
    super(0, starts);
    this.#onChange = onChange;
  }

  /** 1 when one was asked for in vain and none has been to be had since, else 0. */
  get wanted(): number {
    return this.used < this.limit ? 0 : this.#wanted;
  }

  override take(isRetry = false): Slot | undefined {
    const slot = super.take(isRetry);
    this.#wanted = slot === undefined ? 1 : 0;
    this.#onChange();
    return slot && watched(slot, this.#onChange);
  }

  override setLimit(limit: number): void {
    if (limit > this.limit) this.#wanted = 0;
    super.setLimit(limit);
  }
}

function watched(slot: Slot, onChange: OnChange): Slot {
  return {
    release: () => {
      onChange();
      slot.release();
    },
  };
}
