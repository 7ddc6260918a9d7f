/**
 * Driver: what is needed to make one streaming call to Google, whoever carries it.
 *
 * Nothing is called back inside a call of the driver, and nothing after cancel() or onEnd.
 */

export type Version = 'v1' | 'v2';

/** How a call begins. */
export interface Opening {
  readonly version: Version;
  /** The first message, in the form of its version. */
  readonly first: object;
  /** Metadata beyond what the library adds by itself. */
  readonly headers: { readonly [name: string]: string };
}

export interface DriverEvents {
  /** A response as the client library decodes it. */
  onMessage(response: object): void;
  /** So many bytes of audio have left; what has not is held in memory. */
  onTaken(bytes: number): void;
  /** The last event: a gRPC status. -1 when the call never came to have one. */
  onEnd(code: number, text: string): void;
}

export interface DriverCall {
  /** Takes at most 15,360 bytes, and copies them: the caller may use them again once it returns. */
  write(audio: Uint8Array): void;
  /** No audio follows; responses still do. */
  halfClose(): void;
  cancel(): void;
}

/** One channel: calls share a connection. */
export interface Driver {
  open(opening: Opening, events: DriverEvents): DriverCall;
  /** Frees the connection. To be called when no call is left. */
  close(): Promise<void>;
}
