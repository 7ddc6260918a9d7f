/**
 * Admin: what operators and their tools ask, on a port of its own.
 *
 *   /metrics  Prometheus      /livez  the process answers      /readyz  sessions are taken
 *   /sessions  the table of those that are there now, as JSON
 *   POST /drain  the server goes away, as by SIGTERM; not for web pages, which could post to it from a
 *                browser on this machine
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EarshotError, messageOf } from '../errors.ts';
import type { Table } from '../live.ts';
import { CONTENT_TYPE } from '../metrics.ts';
import { CLOSE } from '../wire/close.ts';

export interface AdminParts {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** All series, in the text format of Prometheus. */
  readonly metrics: { text(): Promise<string> };
  /** The sessions that are there now. */
  readonly sessions: () => Table | Promise<Table>;
  /** Somebody wants the server to go away. */
  readonly onDrain: () => void;
  /** Why no session would be taken now, or undefined when one would. */
  readonly notReady: () => string | undefined;
}

export interface Admin {
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Starts to listen, or throws `listen_failed`. */
export async function listenAdmin(parts: AdminParts): Promise<Admin> {
  const server = createServer((request, response) => void serve(parts, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const where = `${parts.host}:${parts.port}`;
      const message = `cannot listen on ${where} for the admin port: ${messageOf(error)}`;
      reject(new EarshotError('listen_failed', 'edge', message, error));
    });
    server.listen(parts.port, parts.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  parts: AdminParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, type, body } = await answer(parts, request);
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function answer(parts: AdminParts, request: IncomingMessage): Promise<Answer> {
  const { method } = request;
  const path = (request.url ?? '/').split('?')[0];
  const expected = path === '/drain' ? ['POST'] : ['GET', 'HEAD'];
  if (method === undefined || !expected.includes(method)) {
    return text(405, `${method} is not served here, expected ${expected[0]}`);
  }
  const { origin } = request.headers;
  if (method === 'POST' && origin !== undefined) {
    return text(403, `a page of ${origin} may not ask for this, expected no Origin`);
  }
  switch (path) {
    case '/metrics':
      return { status: 200, type: CONTENT_TYPE, body: await parts.metrics.text() };
    case '/sessions': {
      const body = `${JSON.stringify(await parts.sessions(), undefined, 1)}\n`;
      return { status: 200, type: 'application/json', body };
    }
    case '/livez':
      return text(200, 'alive');
    case '/readyz': {
      const problem = parts.notReady();
      return problem === undefined ? text(200, 'ready') : text(503, problem);
    }
    case '/drain':
      parts.onDrain();
      return text(202, CLOSE.draining.when);
    default:
      return text(404, 'nothing is here, expected /metrics, /sessions, /livez, /readyz or /drain');
  }
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}
