/**
 * Errors: what goes wrong in operation, in one class with codes.
 *
 * Expected outcomes (bad input, a full queue) are answers in the type, not errors; a bug is an
 * `assert`. This class is for the rest: what cannot be bound, loaded, read or reached.
 */

/** Who can do something about it. */
export type Blame = 'device' | 'edge' | 'recognizer';

export type ErrorCode =
  | 'config_invalid'
  | 'listen_failed'
  | 'page_missing'
  | 'native_missing'
  | 'model_invalid'
  | 'recognizer_failed'
  | 'worker_failed'
  | 'connect_failed'
  | 'input_unreadable'
  | 'session_failed';

export class EarshotError extends Error {
  readonly code: ErrorCode;
  readonly blame: Blame;

  constructor(code: ErrorCode, blame: Blame, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EarshotError';
    this.code = code;
    this.blame = blame;
  }
}

/** The message of anything that was thrown, for a sentence of our own around it. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
