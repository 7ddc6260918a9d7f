import { describe, expect, it } from 'vitest';
import { stampBytes } from '../../../bench/load/stamp.ts';
import { Hearing } from '../../../bench/sink/hearing.ts';
import { frameOf } from '../../../src/speech/google/http2/frames.ts';
import { Parcels } from '../../../src/speech/google/http2/parcels.ts';

const AUDIO_TAG = 0x12;

/** A request with the audio of these frames of one session. */
function request(...nths: readonly number[]): Buffer {
  const frames = nths.map((nth) =>
    Buffer.concat([stampBytes({ session: 1, nth, dueMs: 0 }), Buffer.alloc(616)]),
  );
  const audio = Buffer.concat(frames);
  return new Parcels().pack(AUDIO_TAG, audio).frame;
}

function hear(pieces: readonly Buffer[]): { heard: Hearing['heard']; answers: number } {
  let answers = 0;
  const hearing = new Hearing(() => {
    answers += 1;
    return Buffer.alloc(1);
  });
  const stream = hearing.stream({ send: () => undefined, end: () => undefined });
  for (const piece of pieces) stream.onData(piece);
  return { heard: hearing.heard, answers };
}

describe('Hearing', () => {
  it('counts frames once, however their bytes are cut', () => {
    const bytes = Buffer.concat([frameOf(Buffer.from([10, 0])), request(1, 2), request(3)]);
    for (const at of [1, 4, 9, 700, 1_299]) {
      const { heard } = hear([bytes.subarray(0, at), bytes.subarray(at)]);
      expect(heard).toMatchObject({ streams: 1, frames: 3, lost: 0, doubled: 0, bytes: 1_920 });
    }
  });

  it('counts what is missing, and what comes again', () => {
    const { heard } = hear([request(1, 3), request(3, 4)]);
    expect(heard).toMatchObject({ frames: 3, lost: 1, doubled: 1 });
  });

  it('answers once a second of audio', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => request(n + 1));
    expect(hear(hundred).answers).toBe(2);
  });
});
