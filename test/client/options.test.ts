import { describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../../src/client/options.ts';
import { addressOf, limitsOf } from '../../src/client/options.ts';

const OPTIONS: ConnectOptions = {
  url: 'ws://127.0.0.1/v1/stream',
  start: { encoding: 'LINEAR16', sampleRateHertz: 16_000 },
};

describe('limitsOf()', () => {
  it('takes what is given and fills in the rest', () => {
    expect(limitsOf({ ...OPTIONS, storeMs: 1_000, quietMsMax: undefined })).toEqual({
      storeMs: 1_000,
      connectMsMax: 10_000,
      quietMsMax: 3_000,
      retryMsMin: 500,
      retryMsMax: 10_000,
      giveUpMsMax: 600_000,
      messagesMax: 1_000,
    });
  });

  it('refuses a limit out of its range by name and value', () => {
    expect(() => limitsOf({ ...OPTIONS, storeMs: 999 })).toThrow('storeMs is 999');
    expect(() => limitsOf({ ...OPTIONS, messagesMax: Number.NaN })).toThrow(RangeError);
  });
});

describe('addressOf()', () => {
  it('leaves out what may be secret', () => {
    expect(addressOf('wss://u:p@host:1/v1/stream?token=t')).toBe('wss://host:1/v1/stream');
  });
});
