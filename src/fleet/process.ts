/**
 * Process: a worker as its supervisor sees it, a child that runs this program again.
 *
 * Messages go over Node's channel. It writes what it logs where the supervisor does.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { messageOf } from '../errors.ts';
import type { FromWorker, ToWorker } from './messages.ts';

export interface WorkerProcess {
  readonly pid: number;
  /** Without effect once the worker is gone. */
  send(message: ToWorker): void;
  /** Ends it at once; onEnd follows. */
  kill(): void;
}

export interface ProcessEvents {
  onMessage(message: FromWorker): void;
  /** It is gone, `how` says by what; after its last message, once. */
  onEnd(how: string): void;
}

/** Starts a worker. */
export type StartProcess = (events: ProcessEvents) => WorkerProcess;

const NO_PROCESS: WorkerProcess = { pid: 0, send: () => undefined, kill: () => undefined };

/** `file` is the compiled main, `command` its command that is a worker, which is given `env`. */
export function forkedBy(file: string, command: string, env?: NodeJS.ProcessEnv): StartProcess {
  return (events) => {
    let child: ChildProcess;
    try {
      child = fork(file, [command], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        ...(env !== undefined && { env }),
      });
    } catch (error) {
      // As any other end, that is told once the caller has what it asked for.
      queueMicrotask(() => events.onEnd(messageOf(error)));
      return NO_PROCESS;
    }
    child.on('message', (message) => events.onMessage(message as FromWorker));
    // Its last messages may be read after its end: both are waited for.
    let left = 2;
    let how = '';
    const gone = (): void => {
      left -= 1;
      if (left === 0) events.onEnd(how);
    };
    child.once('disconnect', gone);
    child.once('exit', (code, signal) => {
      how = signal ?? `exit code ${code}`;
      gone();
    });
    child.once('error', (error) => {
      if (child.pid === undefined) events.onEnd(messageOf(error));
    });
    return {
      pid: child.pid ?? 0,
      send: (message) => {
        // The answer to a failure is that it ends, which is told anyway. One that never began has no channel.
        if (child.connected) child.send(message, () => undefined);
      },
      kill: () => {
        // Without a process of its own the signal would go to this one, and all of its group.
        if (child.pid !== undefined) child.kill('SIGKILL');
      },
    };
  };
}
