import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, frameOf } from '../../../../src/speech/google/http2/frames.ts';

const BYTES_MAX = 300;

/** All that is read of `bytes`, given in pieces that end at `cuts`. */
function readAll(bytes: Buffer, cuts: readonly number[]): { messages: string[]; faults: string[] } {
  const reader = new FrameReader(BYTES_MAX);
  const ends = [...cuts, bytes.length].toSorted((a, b) => a - b);
  const messages: string[] = [];
  let at = 0;
  for (const end of ends) {
    const { messages: some, fault } = reader.read(bytes.subarray(at, end));
    messages.push(...some.map((message) => message.toString('hex')));
    if (fault !== undefined) return { messages, faults: [fault] };
    at = end;
  }
  return { messages, faults: [] };
}

const MESSAGES = fc.array(fc.uint8Array({ maxLength: BYTES_MAX }), { maxLength: 8 });
const CUTS = fc.array(fc.nat(), { maxLength: 20 });

describe('FrameReader', () => {
  it('gives back the messages that were framed, wherever their bytes are cut', () => {
    fc.assert(
      fc.property(MESSAGES, CUTS, (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(frameOf));
        const places = cuts.map((cut) => cut % (bytes.length + 1));
        const hex = messages.map((message) => Buffer.from(message).toString('hex'));
        expect(readAll(bytes, places)).toEqual({ messages: hex, faults: [] });
      }),
    );
  });

  it('gives what came before a compressed message, and says so', () => {
    const compressed = frameOf(Buffer.from('b'));
    compressed[0] = 1;
    const bytes = Buffer.concat([frameOf(Buffer.from('a')), compressed]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { messages, faults } = readAll(bytes, [cut]);
      expect(messages).toEqual(['61']);
      expect(faults).toEqual(['Received a compressed message, and none was asked for']);
    }
  });

  it('takes a message of its limit, and refuses one byte more by its head alone', () => {
    const reader = new FrameReader(BYTES_MAX);
    expect(reader.read(frameOf(Buffer.alloc(BYTES_MAX))).messages).toHaveLength(1);
    expect(reader.read(frameOf(Buffer.alloc(BYTES_MAX + 1)).subarray(0, 5))).toEqual({
      messages: [],
      fault: 'Received message larger than max (301 vs 300)',
    });
  });
});
