/**
 * Asker: one ask for a slot, and all that it was told.
 */
import type { Clock } from '../../src/clock.ts';
import type { Ask, Place, Refusal, Slot } from '../../src/speech/ask.ts';
import type { Slots } from '../../src/speech/slots.ts';

export interface Told extends Place {
  readonly atMs: number;
}

export class Asker {
  readonly fleet: string;
  readonly priority: number;
  readonly answer: Ask | Refusal;
  readonly places: Told[] = [];
  /** What ended the ask, each with its moment; never more than one. */
  readonly ends: { readonly how: 'granted' | 'expired'; readonly atMs: number }[] = [];
  readonly askedMs: number;
  retryAfterMs: number | undefined;
  slot: Slot | undefined;
  #inAsk = true;

  #grantedMs: number | undefined;

  /** With `holdMs`, the slot goes back so long after the grant; if that is known, the slots may know it. */
  constructor(
    slots: Slots,
    clock: Clock,
    fleet = 'a',
    priority = 0,
    holdMs?: number,
    isKnown = false,
  ) {
    this.fleet = fleet;
    this.priority = priority;
    this.askedMs = clock.nowMs();
    const tell = (run: () => void): void => {
      if (this.#inAsk) throw new Error('told inside ask()');
      run();
    };
    const leftMs = (): number | undefined => {
      if (!isKnown || holdMs === undefined) return undefined;
      return holdMs - (clock.nowMs() - (this.#grantedMs ?? clock.nowMs()));
    };
    this.answer = slots.ask(
      { fleet, priority, leftMs },
      {
        onQueued: (place) => tell(() => this.places.push({ ...place, atMs: clock.nowMs() })),
        onExpired: (retryAfterMs) =>
          tell(() => {
            this.retryAfterMs = retryAfterMs;
            this.ends.push({ how: 'expired', atMs: clock.nowMs() });
          }),
        onGranted: (slot) =>
          tell(() => {
            this.slot = slot;
            this.#grantedMs = clock.nowMs();
            this.ends.push({ how: 'granted', atMs: clock.nowMs() });
            if (holdMs !== undefined) clock.after(holdMs, () => slot.release());
          }),
      },
    );
    this.#inAsk = false;
  }

  /** Granted, expired, refused, or neither yet. */
  get state(): 'granted' | 'expired' | 'refused' | 'open' {
    if ('retryAfterMs' in this.answer) return 'refused';
    return this.ends[0]?.how ?? 'open';
  }

  get position(): number | undefined {
    return this.places.at(-1)?.position;
  }

  /** From ask to grant; undefined without one. */
  get waitMs(): number | undefined {
    const [end] = this.ends;
    return end?.how === 'granted' ? end.atMs - this.askedMs : undefined;
  }

  cancel(): void {
    if ('cancel' in this.answer) this.answer.cancel();
  }
}
