/**
 * Window: how much audio may go beyond what the server has received.
 *
 * It counts samples, and knows neither frames nor time.
 */
export class Window {
  #samples = 0;
  /** Sent beyond `received`. */
  #outstanding = 0;

  /** What the server said last, and how many samples are outstanding by that. */
  set(samples: number, outstanding: number): void {
    this.#samples = samples;
    this.#outstanding = outstanding;
  }

  spend(samples: number): void {
    this.#outstanding += samples;
  }

  /** With nothing outstanding one frame may be longer than the window, unless that is 0. */
  fits(samples: number): boolean {
    if (this.#samples === 0) return false;
    if (this.#outstanding === 0) return true;
    return this.#outstanding + samples <= this.#samples;
  }
}
