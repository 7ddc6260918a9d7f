import { describe, expect, it } from 'vitest';
import type { GoogleEvents, StreamEnd } from '../../../src/speech/google/events.ts';
import type { Rule } from '../../emulator/faults.ts';
import { VERSIONS } from '../../emulator/limits.ts';
import { RecordedStream } from '../../fakes/recorded-stream.ts';
import { CONFIG, silence, speech, VirtualRig } from './rigs.ts';

/** All that was told, in order. */
class Told implements GoogleEvents {
  readonly ends: StreamEnd[] = [];
  readonly waits: number[] = [];
  readonly others: string[] = [];
  readonly open: number[] = [];
  readonly starts: number[] = [];
  served = 0;
  onBreakerOpened(why: string): void {
    this.others.push(`opened: ${why}`);
  }
  onBreakerClosed(): void {
    this.others.push('closed');
  }
  onChannels(open: number): void {
    this.others.push(`channels: ${open}`);
  }
  onChannelReplaced(): void {
    this.others.push('replaced');
  }
  onStreams(open: number): void {
    this.open.push(open);
  }
  onStarted(waitMs: number): void {
    this.starts.push(waitMs);
  }
  onServed(): void {
    this.served += 1;
  }
  onFirstAnswer(waitMs: number): void {
    this.waits.push(waitMs);
  }
  onStreamEnd(end: StreamEnd): void {
    this.ends.push(end);
  }
}

function newRig(version: (typeof VERSIONS)[number], faults: readonly Rule[] = []) {
  const told = new Told();
  return { told, rig: new VirtualRig(version, { faults }, told) };
}

/** A stream that hears one utterance as it is spoken. */
async function hear(rig: VirtualRig, audio = speech(1)): Promise<RecordedStream> {
  const stream = new RecordedStream(rig.recognizer, CONFIG);
  for (let at = 0; at < audio.byteLength; at += 3_200) {
    stream.write(audio.subarray(at, at + 3_200));
    await rig.clock.advance(100);
  }
  return stream;
}

describe.each(VERSIONS)('Google %s tells whoever watches', (version) => {
  it('of a good stream that a connection is open, when it first answered, and its end', async () => {
    const { rig, told } = newRig(version);
    const stream = await hear(rig);
    stream.finish();
    await rig.settle();
    expect(told.others).toEqual(['channels: 1']);
    expect(told.ends).toEqual([{ code: 0, text: '', class: 'finished' }]);
    // The emulator tells of speech 50 ms after it heard it, and audio is sent every 100 ms.
    expect(told.waits).toHaveLength(1);
    expect(told.waits[0]).toBeLessThanOrEqual(100);
    expect(told.served).toBe(1);
    expect([told.open, told.starts.length]).toEqual([[1, 0], 1]);
    expect(told.starts[0]).toBeLessThanOrEqual(100);
    await rig.close();
    expect(told.others).toEqual(['channels: 1', 'channels: 0']);
  });

  it('no first answer of a stream that heard only silence', async () => {
    const { rig, told } = newRig(version);
    const stream = await hear(rig, silence(3_000));
    stream.finish();
    await rig.settle();
    expect([told.waits, told.ends.length]).toEqual([[], 1]);
    await rig.close();
  });

  it('how a stream failed, by code, class and a short text', async () => {
    const text = 'x'.repeat(5_000);
    const what = { kind: 'status', code: 'UNAVAILABLE', text } as const;
    const { rig, told } = newRig(version, [{ what }]);
    await hear(rig);
    expect(told.ends).toMatchObject([{ code: 14, class: 'transient' }]);
    expect(told.ends[0]?.text).toHaveLength(300);
    expect(told.served).toBe(0);
    await rig.close();
  });

  it('that a stream was aborted, or was silent', async () => {
    const { rig, told } = newRig(version, [{ what: { kind: 'hang' } }]);
    await hear(rig, speech(6));
    (await hear(rig)).abort();
    expect(told.ends).toEqual([
      { code: -1, text: '', class: 'silent' },
      { code: -1, text: '', class: 'aborted' },
    ]);
    await rig.close();
  });

  it('when a connection is replaced', async () => {
    const what = { kind: 'cut' } as const;
    const { rig, told } = newRig(version, [{ what, when: { at: 'audio', ms: 500 } }]);
    const both = [hear(rig), hear(rig)];
    await Promise.all(both);
    expect(told.others).toEqual(['channels: 1', 'replaced', 'channels: 0']);
    await rig.close();
  });

  it('when the breaker opens, whom it refuses, and when it closes: once each', async () => {
    const what = { kind: 'status', code: 'PERMISSION_DENIED' } as const;
    const { rig, told } = newRig(version, [{ what, which: ({ nth }) => nth <= 3 }]);
    await Promise.all([hear(rig), hear(rig)]);
    await hear(rig);
    const closed = 'The caller does not have permission';
    expect(told.others).toEqual(['channels: 1', `opened: Google: ${closed}`]);
    expect(told.ends.map((end) => end.class)).toEqual(['credentials', 'credentials', 'refused']);
    await rig.clock.advance(30_000);
    await hear(rig); // A probe that is refused as well.
    await rig.clock.advance(30_000);
    await hear(rig);
    expect(told.others.slice(2)).toEqual(['closed']);
    expect(told.ends.map((end) => end.class).slice(3)).toEqual(['credentials']);
    await rig.close();
  });
});
