/**
 * Listener's HTTP: what a request is, and what is answered to one that doesn't become a connection.
 *
 * A part of the listener, and with it the only place that knows uWebSockets.js.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { SUBPROTOCOL } from '../wire/limits.ts';
import { textOf } from './address.ts';
import type { Refused } from './auth.ts';
import type { SiteFile } from './site.ts';

/**
 * A request line and headers: a token and what any WebSocket library sends fit. Longer ones that come in
 * several packets are cut by the socket layer without an answer.
 */
const HEADER_BYTES_MAX = 4_096;

const STATUS: { readonly [status: number]: string } = {
  400: '400 Bad Request',
  401: '401 Unauthorized',
  403: '403 Forbidden',
  404: '404 Not Found',
  426: '426 Upgrade Required',
  429: '429 Too Many Requests',
  431: '431 Request Header Fields Too Large',
  503: '503 Service Unavailable',
};

export const WANTS_UPGRADE: Refused = {
  status: 426,
  message: 'this is a WebSocket endpoint, expected the header Upgrade: websocket',
};

export function notFound(req: HttpRequest, path: string): Refused {
  return {
    status: 404,
    message: `${req.getMethod().toUpperCase()} here is nothing, expected ${path}`,
  };
}

/** Where the request comes from; a proxy that is not asked to say so is not believed. */
export function whenceOf(res: HttpResponse, isProxied: boolean): string {
  const told = isProxied ? textOf(new Uint8Array(res.getProxiedRemoteAddress())) : '';
  return told === '' ? textOf(new Uint8Array(res.getRemoteAddress())) : told;
}

/** The types don't say that it is undefined where there is none. */
export function queryOf(req: HttpRequest): string {
  const query: string | undefined = req.getQuery();
  return query ?? '';
}

/** Headers that are longer than any of ours would be. */
export function oversized(req: HttpRequest): Refused | undefined {
  let bytes = req.getUrl().length + queryOf(req).length;
  req.forEach((name, value) => {
    bytes += name.length + value.length + 4;
  });
  if (bytes <= HEADER_BYTES_MAX) return undefined;
  const message = `the request is ${bytes} bytes long, expected at most ${HEADER_BYTES_MAX}`;
  return { status: 431, message };
}

/** Headers that only a proxy sets. */
const PROXIES = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
] as const;

export function isForwarded(req: HttpRequest): boolean {
  return PROXIES.some((name) => req.getHeader(name) !== '');
}

/** `enter`, unless whoever asked is gone by then. */
export function later<T>(res: HttpResponse, answer: Promise<T>, enter: (answer: T) => void): void {
  let state: 'waiting' | 'gone' = 'waiting';
  res.onAborted(() => {
    state = 'gone';
  });
  void answer.then((answered) => {
    if (state === 'waiting') res.cork(() => enter(answered));
  });
}

export function refuse(res: HttpResponse, refused: Refused): void {
  res.cork(() => {
    res.writeStatus(STATUS[refused.status] ?? `${refused.status}`);
    res.writeHeader('Content-Type', 'text/plain; charset=utf-8');
    if (refused.status === 426) {
      res.writeHeader('Upgrade', 'websocket');
      res.writeHeader('Sec-WebSocket-Protocol', SUBPROTOCOL);
    }
    if (refused.status === 401) res.writeHeader('WWW-Authenticate', 'Bearer');
    if (refused.retryAfterMs !== undefined) {
      res.writeHeader('Retry-After', `${Math.ceil(refused.retryAfterMs / 1000)}`);
    }
    res.end(`${refused.message}\n`);
  });
}

/** A browser that has the file already is told so. */
export function show(res: HttpResponse, req: HttpRequest, file: SiteFile): void {
  const known = req.getHeader('if-none-match') === file.headers.ETag;
  res.cork(() => {
    if (known) res.writeStatus('304 Not Modified');
    for (const [name, value] of Object.entries(file.headers)) res.writeHeader(name, value);
    if (known) res.endWithoutBody();
    else res.end(file.body);
  });
}
