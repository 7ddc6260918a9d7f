/**
 * Emulator process: Google, emulated, for a bench, in a process of its own.
 */
import { fileURLToPath } from 'node:url';
import type { Ended, Report } from '../test/emulator/emulator.ts';
import { startChild } from './child.ts';

export interface EmulatorProcess {
  /** HOST:PORT, as EARSHOT_GOOGLE_ENDPOINT takes it. */
  readonly endpoint: string;
  readonly pid: number;
  /** The streams that have ended so far. */
  readonly ended: readonly Ended[];
  report(): Promise<Report>;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../test/emulator/main.js', import.meta.url));

/** Starts the emulator on free ports with further `options`; rejects when it doesn't come up. */
export async function startEmulatorProcess(options: readonly string[]): Promise<EmulatorProcess> {
  const ended: Ended[] = [];
  const { pid, said, stop } = await startChild({
    argv: [MAIN, '--port', '0', '--report-port', '0', '--log', ...options],
    upBy: /^report at/,
    // What it says at its end is no line of the log, and goes over many.
    onLine: (line) => {
      if (line.startsWith('{"nth"')) ended.push(JSON.parse(line) as Ended);
    },
  });
  const endpoint = /listens on (\S+)/.exec(said)?.[1] ?? '';
  const reportUrl = /report at (\S+)/.exec(said)?.[1] ?? '';
  const report = async (): Promise<Report> => (await (await fetch(reportUrl)).json()) as Report;
  return { endpoint, pid, ended, report, stop };
}
