import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Posted = Float32Array | 'end';

/** What a browser's audio thread has. */
class FakeProcessor {
  readonly posted: Posted[] = [];
  readonly port = {
    onmessage: (): void => undefined,
    postMessage: (message: Posted): void => {
      this.posted.push(message);
    },
  };
}

interface Cutter extends FakeProcessor {
  process(inputs: Float32Array[][]): boolean;
}

const registered = new Map<string, new (options: object) => Cutter>();
const GLOBALS = {
  AudioWorkletProcessor: FakeProcessor,
  registerProcessor: (name: string, processor: new () => Cutter) => registered.set(name, processor),
};
/** By its address: its types are a browser's. */
const WORKLET = new URL('../../src/page/worklet.ts', import.meta.url).href;

beforeAll(async () => {
  Object.assign(globalThis, GLOBALS);
  await import(WORKLET);
});

afterAll(() => {
  for (const name of Object.keys(GLOBALS)) Reflect.deleteProperty(globalThis, name);
});

function cutter(frameSamples: number): Cutter {
  const Registered = registered.get('earshot-cutter');
  if (Registered === undefined) throw new Error('no processor was registered');
  return new Registered({ processorOptions: { frameSamples } });
}

/** Samples that count from `from`. */
function quantum(from: number, samples = 128): Float32Array {
  return Float32Array.from({ length: samples }, (_, at) => from + at);
}

function said({ posted }: Cutter): number[] {
  return posted.flatMap((frame) => (frame === 'end' ? [] : [...frame]));
}

describe('the worklet', () => {
  it.each([1, 100, 128, 130, 480, 1_000])(
    'posts every sample once and in order, in frames of %i',
    (frameSamples) => {
      const one = cutter(frameSamples);
      for (let nth = 0; nth < 40; nth++) expect(one.process([[quantum(nth * 128)]])).toBe(true);
      const whole = Math.floor((40 * 128) / frameSamples);
      expect(one.posted.map((frame) => frame.length)).toEqual(Array(whole).fill(frameSamples));
      one.port.onmessage();
      expect(said(one)).toEqual([...quantum(0, 40 * 128)]);
      expect(one.posted.at(-1)).toBe('end');
    },
  );

  it('takes nothing for sound while nothing is connected', () => {
    const one = cutter(10);
    expect(one.process([[]])).toBe(true);
    expect(one.process([])).toBe(true);
    expect(one.posted).toEqual([]);
  });

  it('is over once it was told to stop, and says so once', () => {
    const one = cutter(200);
    one.process([[quantum(0)]]);
    one.port.onmessage();
    one.port.onmessage();
    expect(one.process([[]])).toBe(false);
    expect(one.posted).toEqual([quantum(0), 'end']);
  });
});
