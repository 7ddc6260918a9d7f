/**
 * Messages: what the supervisor and its workers say to each other.
 *
 * They travel as JSON between processes of one version. No audio and no transcript is in any.
 */
import type { ErrorCode } from '../errors.ts';
import type { Table } from '../live.ts';
import type { Snapshot } from '../metrics.ts';
import type { Use } from './blocks.ts';
import type { StartUse } from './start-leases.ts';

/** What a worker may have, from now on until the next lease. */
export interface Lease {
  /** Rises with each lease of a worker. */
  readonly seq: number;
  /** Slots that it may hold at once. */
  readonly slots: number;
  /** Of the reserve for overlaps. */
  readonly overlaps: number;
  /** Streams it may have started since it began; null: any number. */
  readonly starts: number | null;
}

/** What a worker makes of its lease; `seq` of the last one that it follows, 0 before the first. */
export interface Usage {
  readonly seq: number;
  readonly slots: Use;
  readonly overlaps: Use;
  readonly starts: StartUse;
  /** Streams that the recognizer has served, and refused for its quota, since the last message. */
  readonly quota: { readonly served: number; readonly refused: number };
}

/** Says which process holds a session, for as long as the fleet lives: no two have had the same. */
export type Holder = string;

export type ToWorker =
  | {
      readonly type: 'setup';
      readonly holder: Holder;
      readonly resumeKey: string;
      /** Index of its post. */
      readonly worker: number;
    }
  | { readonly type: 'lease'; readonly lease: Lease }
  | { readonly type: 'listen'; readonly port: number }
  | { readonly type: 'count' }
  | { readonly type: 'list' }
  /** The session is another process's now: let go of it, if it still has this name as a holder. */
  | { readonly type: 'release'; readonly session: string; readonly as: string }
  /** Read certificates and keys anew. */
  | { readonly type: 'renew' }
  | { readonly type: 'drain'; readonly waitMsMax: number }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'loaded'; readonly slotsDefault: number; readonly rotates: boolean }
  | { readonly type: 'listening' }
  /** Can't start; it ends by itself. */
  | { readonly type: 'failed'; readonly code: ErrorCode | 'bug'; readonly message: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  /** The answer to each `count`; and once more, unasked, before it ends. */
  | {
      readonly type: 'counted';
      readonly snapshot: Snapshot;
      /** Why it would take no session now, or null. */
      readonly notReady: string | null;
    }
  /** The answer to each `list`. */
  | { readonly type: 'listed'; readonly table: Table }
  /** A session goes on here that `holder` had, where it was called so. */
  | {
      readonly type: 'taken';
      readonly session: string;
      readonly holder: Holder;
      readonly as: string;
    };
