/**
 * ServerRig: the real server on free ports, with a scripted recognizer and real sockets.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import type { Server } from '../../src/command/server.ts';
import { startServer } from '../../src/command/server.ts';
import { readConfig } from '../../src/config.ts';
import { newLog } from '../../src/log.ts';
import type { ScriptedOptions } from './scripted-recognizer.ts';
import { ScriptedRecognizer } from './scripted-recognizer.ts';

const FREE_PORTS = { EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0' };

export function startRig(
  settings: Readonly<Record<string, string>> = {},
  scripted: ScriptedOptions = {},
  recognizer = new ScriptedRecognizer(systemClock, scripted),
  clock: Clock = systemClock,
): Promise<Server> {
  return startServer({
    config: readConfig({ ...FREE_PORTS, ...settings }),
    clock,
    random: Math.random,
    log: newLog('silent'),
    recognizer,
  });
}

/** The headers of a client that wants a WebSocket. */
export function upgrade(protocol: string): Record<string, string> {
  return {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-protocol': protocol,
  };
}

export interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly retryAfter: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Asks the public port by HTTP, and is not upgraded. */
export function ask(url: string, path: string, headers: Record<string, string>): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const createConnection = () => connect(Number(port), hostname);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, headers, agent: false, createConnection });
    asked.on('error', reject);
    asked.on('response', (response) => {
      let body = '';
      response.on('data', (part) => {
        body += part;
      });
      const { statusCode: status, headers: answered } = response;
      response.on('end', () =>
        resolve({ status, body, retryAfter: answered['retry-after'], headers: answered }),
      );
    });
    asked.end();
  });
}

/** Waits for what happens on sockets, of which nothing tells. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise<void>((resolve) => systemClock.after(5, resolve));
}
