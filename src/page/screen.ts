/**
 * Screen: kept on while somebody talks: a phone would switch it off, and the microphone with it.
 */
export class Screen {
  #wanted: 'on' | 'any' = 'any';
  #lock: WakeLockSentinel | undefined;

  constructor() {
    // A page that isn't seen loses its lock.
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && this.#wanted === 'on') void this.keepOn();
    });
  }

  async keepOn(): Promise<void> {
    this.#wanted = 'on';
    try {
      this.#lock = await navigator.wakeLock?.request('screen');
    } catch {
      // Low battery, or no such thing: it goes on as it is.
    }
    this.#settle();
  }

  letGo(): void {
    this.#wanted = 'any';
    this.#settle();
  }

  #settle(): void {
    if (this.#wanted === 'any') void this.#lock?.release();
  }
}
