import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/config.ts';
import { socketOptions } from '../../src/edge/socket-options.ts';
import { TEXT_BYTES_MAX } from '../../src/wire/limits.ts';

const LIMITS = { idleMsMax: 30_000, outboxBytesMax: 1_048_576 };

/** The ends of what a setting of the configuration may be. */
function endsOf(expected: string): number[] {
  return [...expected.matchAll(/\d+/g)].map(([digits]) => Number(digits));
}

describe('socketOptions()', () => {
  it('writes every option out', () => {
    expect(socketOptions(LIMITS)).toEqual({
      maxPayloadLength: 4 * TEXT_BYTES_MAX,
      maxBackpressure: 2_097_152,
      idleTimeout: 60,
      sendPingsAutomatically: true,
      maxLifetime: 0,
      closeOnBackpressureLimit: 0,
      compression: 0,
    });
  });

  it('stays within what the socket layer survives, whatever the configuration allows', () => {
    for (const idleMsMax of endsOf(SETTINGS.idleMsMax.expected)) {
      const { idleTimeout } = socketOptions({ ...LIMITS, idleMsMax });
      expect(idleTimeout).toBeGreaterThanOrEqual(8);
      expect(idleTimeout).toBeLessThanOrEqual(960);
      // The session, which can say why, comes first.
      expect(idleTimeout * 1_000).toBeGreaterThan(idleMsMax);
    }
    for (const outboxBytesMax of endsOf(SETTINGS.outboxBytesMax.expected)) {
      const { maxBackpressure } = socketOptions({ ...LIMITS, outboxBytesMax });
      expect(maxBackpressure).toBeGreaterThan(outboxBytesMax);
      expect(maxBackpressure).toBeLessThanOrEqual(2 ** 31 - 1);
    }
  });

  it('takes what is out of range as the bug that it is', () => {
    expect(() => socketOptions({ ...LIMITS, outboxBytesMax: 0 })).toThrow('maxBackpressure is 0');
    expect(() => socketOptions({ ...LIMITS, outboxBytesMax: 0.3 })).toThrow('maxBackpressure');
  });
});
