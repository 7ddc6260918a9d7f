/**
 * Asking: the one source that is wanted, of those that were asked for. (pure)
 *
 * A browser asks the person for the microphone, and decodes a file, for as long as it takes: by then
 * somebody may have cancelled it and begun something else.
 */
import type { Source } from './source.ts';

export class Asking {
  /** Of the newest attempt. */
  #number = 0;

  /**
   * Resolves to what `open` gives. Cancelled meanwhile: to undefined, whatever comes of it, and a
   * source that comes all the same is stopped. Throws what `open` throws.
   */
  async ask(open: () => Promise<Source>): Promise<Source | undefined> {
    this.#number += 1;
    const number = this.#number;
    try {
      const source = await open();
      if (number === this.#number) return source;
      source.stop();
    } catch (error) {
      if (number === this.#number) throw error;
    }
    return undefined;
  }

  cancel(): void {
    this.#number += 1;
  }
}
