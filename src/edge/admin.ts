/**
 * Admin: what operators and their tools ask, on a port of its own.
 *
 *   /metrics  Prometheus      /livez  the process answers      /readyz  sessions are taken
 *   /sessions  the table of those that are there now, as JSON
 *   POST /drain  the server goes away, as by SIGTERM; not for web pages, which could post to it from a
 *                browser on this machine
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EarshotError, messageOf } from '../errors.ts';
import type { Table } from '../live.ts';
import { CONTENT_TYPE } from '../metrics.ts';
import { CLOSE } from '../wire/close.ts';
import { isAskedByAddress } from './origin.ts';

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
  /** Wanted of whoever asks for more than whether the server lives and is ready; none unless given. */
  readonly token?: string | undefined;
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

/** How long whoever asks may take to do so, and how many may ask at once; one more is cut off. */
const REQUEST_MS_MAX = 10_000;
const CONNECTIONS_MAX = 100;

/** Starts to listen, or throws `listen_failed`. */
export async function listenAdmin(parts: AdminParts): Promise<Admin> {
  const limits = { headersTimeout: REQUEST_MS_MAX, requestTimeout: REQUEST_MS_MAX };
  const server = createServer(limits, (request, response) => void serve(parts, request, response));
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const where = `${parts.host}:${parts.port}`;
      const message = `cannot listen on ${where} for the admin port: ${messageOf(error)}; set EARSHOT_ADMIN_PORT to another port, or stop what listens there`;
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
  const path = (request.url ?? '/').split('?', 1).join('');
  const refused = refusal(parts, request, path);
  if (refused !== undefined) return refused;
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

function refusal(
  { token }: AdminParts,
  { method = '', headers: { origin, authorization, host = '' } }: IncomingMessage,
  path: string,
): Answer | undefined {
  const expected = path === '/drain' ? ['POST'] : ['GET', 'HEAD'];
  if (!expected.includes(method)) {
    return text(405, `${method} is not served here, expected ${expected[0]}`);
  }
  if (!isAllowed(path, authorization, token)) {
    return text(401, 'no token that is right came, expected Authorization: Bearer <token>');
  }
  // A page may come under a name that was made to lead here, and would then read all this.
  if (token === undefined && !OPEN_PATHS.includes(path) && !isAskedByAddress(host)) {
    return text(403, 'another name than localhost was asked, expected an address or a token');
  }
  if (method !== 'POST' || origin === undefined) return undefined;
  return text(403, `a page of ${origin} may not ask for this, expected no Origin`);
}

/** A probe may ask whether the server lives and is ready. */
const OPEN_PATHS: readonly string[] = ['/livez', '/readyz'];

function isAllowed(path: string, authorization = '', token?: string): boolean {
  if (token === undefined || OPEN_PATHS.includes(path)) return true;
  // Of one length each, so that the time of the comparison says nothing.
  const [given, wanted] = [authorization, `Bearer ${token}`].map((each) =>
    createHash('sha256').update(each).digest(),
  );
  return given !== undefined && wanted !== undefined && timingSafeEqual(given, wanted);
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}
