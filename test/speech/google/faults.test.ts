import { describe, expect, it } from 'vitest';
import type { FaultClass } from '../../../src/speech/google/faults.ts';
import {
  CLASSES,
  classOf,
  codeName,
  FAULT_ROWS,
  faultOf,
  nameOf,
  shortened,
} from '../../../src/speech/google/faults.ts';
import type { EndName } from '../../emulator/limits.ts';
import { CODE, ENDS, oversized, VERSIONS } from '../../emulator/limits.ts';

const OF_ENDS: { readonly [E in EndName]: FaultClass } = {
  duration: 'routine',
  idle: 'routine',
  pace: 'quota',
  concurrent: 'quota',
  starts: 'quota',
  'config-first': 'config',
  'audio-next': 'config',
  encoding: 'config',
  'sample-rate': 'config',
  language: 'config',
  channels: 'config',
  recognizer: 'config',
};

const OF_CODES: readonly (readonly [code: number, text: string, expected: FaultClass])[] = [
  [1, 'Call cancelled', 'transient'],
  [2, 'Stream removed', 'transient'],
  [3, 'Invalid argument', 'config'],
  [4, 'Deadline Exceeded', 'transient'],
  [5, 'Requested entity was not found.', 'config'],
  [7, 'The caller does not have permission', 'credentials'],
  [8, 'anything', 'quota'],
  [9, 'Precondition check failed.', 'config'],
  [10, 'The operation was aborted.', 'transient'],
  [11, 'Out of range', 'transient'],
  [12, 'Operation is not implemented', 'config'],
  [13, 'Received RST_STREAM with code 2 (Internal server error)', 'transient'],
  [14, '502:Bad Gateway', 'transient'],
  [14, 'Getting metadata from plugin failed with error: invalid_grant', 'credentials'],
  [15, 'Data loss', 'transient'],
  [16, 'Request had invalid authentication credentials.', 'credentials'],
  [-1, 'Could not load the default credentials.', 'credentials'],
  [-1, 'The client has already been closed.', 'transient'],
];

describe.each(VERSIONS)('A status of Google %s', (version) => {
  it.each(Object.entries(OF_ENDS))('for the limit %s is %s', (end, expected) => {
    const { code, text } = ENDS[version][end as EndName];
    expect(classOf(version, CODE[code], text)).toBe(expected);
  });

  it.each(OF_CODES)('%i, "%s", is %s', (code, text, expected) => {
    expect(classOf(version, code, text)).toBe(expected);
  });

  it('about a chunk that is too large is our bug', () => {
    expect(classOf(version, 3, oversized(30_000, 25_600).text)).toBe('bug');
    expect(classOf(version, 3, oversized(30_000, 15_360).text)).toBe('bug');
  });

  it('is told to the session by its kind, with code and text', () => {
    expect(faultOf(version, 16, 'no')).toEqual({
      kind: 'unavailable',
      message: 'Google: 16 UNAUTHENTICATED: no',
    });
  });

  it('is told in no more than 300 characters of its text', () => {
    const { message } = faultOf(version, 14, 'x'.repeat(10_000));
    expect(message).toBe(`Google: 14 UNAVAILABLE: ${'x'.repeat(299)}…`);
    expect([shortened('x'.repeat(300)), shortened('')]).toEqual(['x'.repeat(300), '']);
  });
});

describe('FAULT_ROWS', () => {
  it('are all of use: none is hidden by those before it', () => {
    for (const row of FAULT_ROWS) {
      const { codes, version = 'v1', says: [text = 'xyz'] = [] } = row;
      const hits = codes.map((code) => classOf(version, code, text));
      expect(hits).toContain(row.class);
    }
  });

  it('never make a session ask again for what is our bug', () => {
    expect(CLASSES.bug.kind).toBe('config');
  });

  it('name codes as gRPC does', () => {
    expect([14, 3, -1, 99].map(codeName)).toEqual([
      '14 UNAVAILABLE',
      '3 INVALID_ARGUMENT',
      'no status',
      '99 of no name',
    ]);
    expect([0, 16, -1, 99].map(nameOf)).toEqual(['OK', 'UNAUTHENTICATED', undefined, undefined]);
  });
});
