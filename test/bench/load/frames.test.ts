import { describe, expect, it } from 'vitest';
import type { Form } from '../../../bench/load/frames.ts';
import { Frames } from '../../../bench/load/frames.ts';
import { readStamp } from '../../../bench/load/stamp.ts';

/** What a server reads. */
function payloadOf(frame: Buffer): Buffer {
  const length = frame.readUInt16BE(2);
  const mask = frame.subarray(4, 8);
  expect(frame.byteLength).toBe(8 + length);
  return Buffer.from(frame.subarray(8).map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
}

function audioOf(frame: Buffer, form: Form): Buffer {
  const payload = payloadOf(frame);
  if (form === 'binary') return payload;
  const { type, content } = JSON.parse(payload.toString()) as { type: string; content: string };
  expect(type).toBe('audio');
  return Buffer.from(content, 'base64');
}

describe('Frames', () => {
  it.each([
    ['binary', 3_200],
    ['binary', 640],
    ['base64', 3_200],
    ['base64', 640],
  ] as const)('sends %s audio of %i bytes, each with its own stamp', (form, bytes) => {
    const frames = new Frames(7, bytes, form);
    const first = audioOf(frames.next(1.5), form);
    expect(first.byteLength).toBe(bytes);
    expect(readStamp(first, 0)).toEqual({ session: 7, nth: 1, dueMs: 1.5 });
    const second = audioOf(frames.next(101.5), form);
    expect(readStamp(second, 0)).toEqual({ session: 7, nth: 2, dueMs: 101.5 });
    expect(second.subarray(24)).toEqual(first.subarray(24));
    expect(frames.count).toBe(2);
  });
});
