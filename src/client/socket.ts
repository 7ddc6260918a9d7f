/**
 * Socket: what the client needs from a WebSocket, so that a browser's, Node's and a test's all do.
 *
 * Contract: nothing fires inside open(), send() or close(); onOpen comes at most once, onClose
 * exactly once and last.
 */

/** Why a connection never came. */
export interface Failure {
  /** A sentence that says what to check. */
  readonly message: string;
  /** Whether the same attempt may succeed later. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** The HTTP status, when that is what came. */
  readonly status?: number;
}

export interface SocketEvents {
  /** The connection is there, and speaks earshot.v1. */
  onOpen(): void;
  onText(text: string): void;
  /** `failure` is there when the connection never was. */
  onClose(code: number, reason: string, failure?: Failure): void;
}

export interface Socket {
  /** Only after onOpen. Does not change `data`, and may read it later. */
  send(data: string | Uint8Array): void;
  /** Gives the connection up, whether it is there yet or not. */
  close(): void;
}

/** Opens a socket with the subprotocol earshot.v1. Throws when `url` is none. */
export type OpenSocket = (url: string, token: string | undefined, events: SocketEvents) => Socket;
