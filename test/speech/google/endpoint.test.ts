import { describe, expect, it } from 'vitest';
import { Endpoint } from '../../../src/speech/google/endpoint.ts';

describe('Endpoint', () => {
  it('draws a final in the first pause after it was asked for, once', () => {
    const endpoint = new Endpoint(8_000);
    expect(endpoint.due(8_000, 0)).toBe(0);
    endpoint.ask();
    expect(endpoint.due(1_599, 0)).toBe(0);
    expect(endpoint.due(1_600, 0)).toBe(8_000);
    expect(endpoint.due(1_600, 8_000)).toBe(0);
  });

  it('draws none when there is nothing to draw any more, or too much silence was sent', () => {
    const endpoint = new Endpoint(8_000);
    endpoint.ask();
    endpoint.done();
    expect(endpoint.due(8_000, 0)).toBe(0);
    endpoint.ask();
    expect(endpoint.due(8_000, 15 * 8_000)).toBe(0);
  });
});
