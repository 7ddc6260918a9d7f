import { describe, expect, it } from 'vitest';
import { GOOGLE_LIMITS } from './limits.ts';
import { parseOptions, USAGE } from './options.ts';

describe('parseOptions()', () => {
  it("takes Google's limits and no faults when nothing is said", () => {
    expect(parseOptions([])).toMatchObject({
      host: '127.0.0.1',
      port: 8_443,
      reportPort: undefined,
      log: false,
      emulator: { limits: GOOGLE_LIMITS, timeScale: 1, timeStepMs: 1, wordTimes: true, faults: [] },
    });
  });

  it('takes every option by its name', () => {
    const argv =
      '--host 0.0.0.0 --port 0 --report-port 9000 --time-scale 30 --duration-ms 60000 --idle-ms 500 ' +
      '--concurrent-max 5 --starts-max 7 --audio-bytes-max 15360 --lead-ms-max 1000 ' +
      '--monologue-ms-max 60000 --time-step-ms 100 --no-word-times --seed 9 --log';
    expect(parseOptions(argv.split(' '))).toMatchObject({
      host: '0.0.0.0',
      port: 0,
      reportPort: 9_000,
      log: true,
      emulator: {
        limits: {
          durationMs: { v1: 60_000, v2: 60_000 },
          idleMs: 500,
          concurrentMax: 5,
          startsMax: 7,
          audioBytesMax: 15_360,
          leadMsMax: 1_000,
        },
        timeScale: 30,
        timeStepMs: 100,
        wordTimes: false,
        manner: { monologueMsMax: 60_000 },
      },
    });
    for (const name of argv.match(/--[a-z-]+/g) ?? []) expect(USAGE).toContain(`  ${name} `);
  });

  it('takes any number of faults', () => {
    const options = parseOptions(['--fault', 'do=cut stream=2', '--fault', 'do=hang']);
    expect(options).toMatchObject({
      emulator: { faults: [{ what: { kind: 'cut' } }, { what: { kind: 'hang' } }] },
    });
  });

  it('asks for help', () => {
    expect(parseOptions(['--help'])).toBe('help');
  });

  it('names what it cannot understand', () => {
    expect(() => parseOptions(['--port', '80a'])).toThrow(
      "--port is '80a', expected a number from 0 to 65535",
    );
    expect(() => parseOptions(['--time-scale', '0'])).toThrow("--time-scale is '0'");
    expect(() => parseOptions(['--sulk'])).toThrow('--sulk');
    expect(() => parseOptions(['--fault', 'do=sulk'])).toThrow('do=sulk');
  });
});
