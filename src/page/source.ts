/**
 * Source: where the page's audio comes from, a microphone or a file, as the rest of it sees it.
 */

export interface Source {
  /** Samples a second of what it gives. */
  readonly sampleRateHertz: number;
  /**
   * Gives frames until it ends or is stopped; resolves after the last one. `onFrame` answers a wait
   * that a source which can wait for it keeps to.
   */
  run(onFrame: (pcm: Int16Array<ArrayBuffer>) => Promise<void> | undefined): Promise<void>;
  /** No more frames, but for one that is begun. May be called again, and before run(). */
  stop(): void;
}

/** What a source notices by itself. */
export interface SourceEvents {
  /** It has ended although nobody stopped it. */
  onGone(): void;
  /** The system holds it for itself. */
  onPaused(): void;
  /** It is back, and has missed so many ms. */
  onBack(missedMs: number): void;
}

export interface MicrophoneOptions {
  /** Of the device, as the browser names it; any unless given. */
  readonly deviceId: string | undefined;
  /** Whether the browser is to cancel echoes and noise, and to even the loudness. */
  readonly processed: boolean;
}
