/**
 * Heard: all that a call of a driver was told.
 */
import type { DriverEvents } from '../../src/speech/google/driver.ts';

export class Heard implements DriverEvents {
  readonly responses: object[] = [];
  taken = 0;
  readonly ends: [code: number, text: string][] = [];

  get messages(): number {
    return this.responses.length;
  }

  onMessage(response: object): void {
    this.responses.push(response);
  }

  onTaken(bytes: number): void {
    this.taken += bytes;
  }

  onEnd(code: number, text: string): void {
    this.ends.push([code, text]);
  }
}
