/**
 * Knock: what a server answers to a request by HTTP, before any WebSocket.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Json } from './case.ts';

/** The status; 101 for an upgrade, which is ended at once. Rejects where there is no answer. */
export function statusOf(url: string, path: string, headers: Json): Promise<number | undefined> {
  const { hostname, port, protocol } = new URL(url);
  const { request } = protocol === 'wss:' ? https : http;
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, headers: Object.fromEntries(texts) });
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    asked.on('error', reject);
    asked.end();
  });
}
