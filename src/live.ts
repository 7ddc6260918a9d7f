/**
 * Live: the table of sessions that are there now, as an operator sees it.
 *
 * No text that a device says is in it but its own name, and no transcript. It is bounded: those that
 * have most audio without an outcome come first, and the rest is only counted.
 */

/** Rows that are shown; also of a fleet of workers together. */
export const ROWS_MAX = 1_000;

/** One session. Durations in milliseconds, of audio or of time. */
export interface Row {
  readonly session: string;
  readonly state: string;
  readonly fleet: string;
  readonly device: string;
  /** Index of the worker that has it, where there are several. */
  readonly worker?: number;
  /** Since the connection that it began with. */
  readonly ageMs: number;
  /** Of the recognizer stream that hears it, or null where none does. */
  readonly streamAgeMs: number | null;
  /** Audio that a stream has heard and that has no outcome yet. */
  readonly lagMs: number;
  /** Audio that the device may send, as it was told last. */
  readonly windowMs: number;
  readonly receivedMs: number;
  readonly transcribedMs: number;
  readonly silentMs: number;
  readonly droppedMs: { readonly overrun: number; readonly upstream: number };
  readonly releasedMs: number;
  readonly unsettledMs: number;
}

export interface Table {
  /** All sessions, those included that have no row. */
  readonly total: number;
  /** ROWS_MAX at most. */
  readonly sessions: readonly Row[];
}

/** Of all sessions: the one with most unsettled audio first, whether a stream has heard it or it waits for one. */
export function tableOf(rows: readonly Row[], total = rows.length): Table {
  const shown = rows.toSorted((a, b) => b.unsettledMs - a.unsettledMs).slice(0, ROWS_MAX);
  return { total, sessions: shown.map(rounded) };
}

/** What is shown of all sessions as sums, in seconds and exactly. */
export function sumsOf(rows: readonly Row[]): LiveSums {
  let [unsettled, lag, lagMax] = [0, 0, 0];
  for (const { unsettledMs, lagMs } of rows) {
    unsettled += unsettledMs / 1000;
    lag += lagMs / 1000;
    lagMax = Math.max(lagMax, lagMs / 1000);
  }
  return { unsettled, lag, lagMax };
}

/** In whole milliseconds. */
function rounded(row: Row): Row {
  return { ...row, lagMs: Math.floor(row.lagMs), unsettledMs: Math.floor(row.unsettledMs) };
}

/** Of all sessions of a process at one moment, in seconds. */
export interface LiveSums {
  /** Audio without an outcome. */
  readonly unsettled: number;
  /** Of that, what streams have heard. */
  readonly lag: number;
  /** The same, of the session where it is most. */
  readonly lagMax: number;
}

/** The tables of all workers, by their index, as one. */
export function joined(tables: ReadonlyMap<number, Table>): Table {
  const all = [...tables];
  const rows = all.flatMap(([worker, { sessions }]) => sessions.map((row) => ({ ...row, worker })));
  const total = all.reduce((sum, [, table]) => sum + table.total, 0);
  return tableOf(rows, total);
}
