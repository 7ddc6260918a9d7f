import { describe, expect, it } from 'vitest';
import {
  statusOfHttp,
  statusOfReset,
  statusOfTrailers,
} from '../../../../src/speech/google/http2/status.ts';

describe('statusOfTrailers()', () => {
  const read = (message: string) =>
    statusOfTrailers({ 'grpc-status': '8', 'grpc-message': message }, 200).text;

  it('reads code and text', () => {
    const trailers = { 'grpc-status': '11', 'grpc-message': 'Exceeded%20it' };
    expect(statusOfTrailers(trailers, 200)).toEqual({ code: 11, text: 'Exceeded it' });
    expect(statusOfTrailers({ 'grpc-status': '0' }, 200)).toEqual({ code: 0, text: '' });
  });

  it.each([
    ['100%25 of %C3%BC and %2F', '100% of ü and /'],
    ['50% of it, 5 %g1', '50% of it, 5 %g1'],
    ['cut off %C3', 'cut off \uFFFD'],
    ['%', '%'],
  ])('reads the escapes of %s and leaves what is none', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each(['', 'x', '-1', '1.5'])('reads the code %s, which is none, as UNKNOWN', (code) => {
    expect(statusOfTrailers({ 'grpc-status': code }, 200).code).toBe(2);
  });

  it('falls back on the HTTP status', () => {
    expect(statusOfTrailers({}, 503)).toEqual(statusOfHttp(503));
    expect(statusOfTrailers({}, 200)).toEqual({
      code: 2,
      text: 'Received HTTP status code 200',
    });
    expect(statusOfTrailers({}, undefined).code).toBe(2);
  });
});

describe('statusOfHttp()', () => {
  it.each([
    [400, 13],
    [401, 16],
    [403, 7],
    [404, 12],
    [429, 14],
    [500, 2],
    [502, 14],
    [503, 14],
    [504, 14],
  ])('reads %i as %i', (status, code) => {
    expect(statusOfHttp(status)).toEqual({ code, text: `Received HTTP status code ${status}` });
  });
});

describe('statusOfReset()', () => {
  it.each([
    [0, 13, 'Received RST_STREAM with code 0 (Call ended without gRPC status)'],
    [1, 13, 'Received RST_STREAM with code 1'],
    [2, 13, 'Received RST_STREAM with code 2 (Internal server error)'],
    [3, 13, 'Received RST_STREAM with code 3'],
    [7, 14, 'Stream refused by server'],
    [8, 1, 'Call cancelled'],
    [11, 8, 'Bandwidth exhausted or memory limit exceeded'],
    [12, 7, 'Protocol not secure enough'],
    [13, 13, 'Received RST_STREAM with code 13'],
  ])('reads %i as %i', (reset, code, text) => {
    expect(statusOfReset(reset, 200)).toEqual({ code, text });
    expect(statusOfReset(reset, undefined)).toEqual({ code, text });
  });

  it('tells a good end of an answer that is not gRPC by its HTTP status', () => {
    expect(statusOfReset(0, 502)).toEqual(statusOfHttp(502));
    expect(statusOfReset(7, 502).text).toBe('Stream refused by server');
  });
});
