import { describe, expect, it } from 'vitest';
import { Asking } from '../../src/page/asking.ts';
import type { Source } from '../../src/page/source.ts';

class StillSource implements Source {
  readonly sampleRateHertz = 16_000;
  stops = 0;

  run(): Promise<void> {
    return Promise.resolve();
  }

  stop(): void {
    this.stops += 1;
  }
}

/** What a browser answers later, and how. */
class Prompt {
  allow: (source: Source) => void = () => undefined;
  deny: (why: Error) => void = () => undefined;
  readonly open = (): Promise<Source> =>
    new Promise((resolve, reject) => {
      this.allow = resolve;
      this.deny = reject;
    });
}

describe('Asking', () => {
  it('gives the source, and throws what it throws', async () => {
    const source = new StillSource();
    const asking = new Asking();
    expect(await asking.ask(() => Promise.resolve(source))).toBe(source);
    await expect(asking.ask(() => Promise.reject(new Error('denied')))).rejects.toThrow('denied');
    expect(source.stops).toBe(0);
  });

  it('passes over a late denial once it is cancelled', async () => {
    const [asking, prompt] = [new Asking(), new Prompt()];
    const asked = asking.ask(prompt.open);
    asking.cancel();
    prompt.deny(new Error('denied'));
    expect(await asked).toBeUndefined();
  });

  it('stops a source that comes late, though another one is asked for by now', async () => {
    const asking = new Asking();
    const [cancelled, newer] = [new Prompt(), new Prompt()];
    const [late, wanted] = [new StillSource(), new StillSource()];
    const first = asking.ask(cancelled.open);
    asking.cancel();
    const second = asking.ask(newer.open);
    cancelled.allow(late);
    newer.allow(wanted);
    expect(await first).toBeUndefined();
    expect(await second).toBe(wanted);
    expect([late.stops, wanted.stops]).toEqual([1, 0]);
  });
});
