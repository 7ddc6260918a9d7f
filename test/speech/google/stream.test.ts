import { describe, expect, it } from 'vitest';
import { VERSIONS } from '../../emulator/limits.ts';
import { linear16, mulaw, speak } from '../../emulator/voice.ts';
import { RecordedStream } from '../../fakes/recorded-stream.ts';
import { CONFIG, RATE, silence, speech, VirtualRig } from './rigs.ts';

/** Writes audio as somebody speaks it. */
async function live(rig: VirtualRig, stream: RecordedStream, audio: Uint8Array): Promise<void> {
  for (let at = 0; at < audio.byteLength; at += 640) {
    stream.write(audio.subarray(at, at + 640));
    await rig.clock.advance(20);
  }
}

describe.each(VERSIONS)('A stream of Google %s', (version) => {
  it('gives places in its own audio: words where they were said', async () => {
    const rig = new VirtualRig(version);
    const stream = new RecordedStream(rig.recognizer, CONFIG);
    const spoken = speak([{ number: 7, ms: 400, pauseMs: 600 }], RATE, 1_000);
    await live(rig, stream, linear16(spoken.samples));
    const { startSample, endSample } = spoken.words[0] ?? {};
    expect(stream.finals).toMatchObject([
      { text: '7', startSample, words: [{ text: '7', startSample, endSample, confidence: 0.95 }] },
    ]);
    stream.finish();
    await rig.settle();
    expect(stream.billedMs).toBe(2_000);
    expect(stream.violations).toEqual([]);
    await rig.close();
  });

  it('hears MULAW', async () => {
    const rig = new VirtualRig(version);
    const config = { ...CONFIG, encoding: 'MULAW', sampleRateHertz: 8_000 } as const;
    const stream = new RecordedStream(rig.recognizer, config);
    stream.write(mulaw(speak([{ number: 7, ms: 400, pauseMs: 600 }], 8_000, 1_000).samples));
    stream.finish();
    await rig.settle();
    expect(stream.texts).toEqual(['7']);
    expect([stream.settled, stream.ends]).toEqual([16_000, [undefined]]);
    await rig.close();
  });

  it('sends about 100 ms in a message, whatever the frames', async () => {
    const sizes: number[] = [];
    let heardMs = 0;
    const rig = new VirtualRig(version, {
      watch: ({ what, audioMs }) => {
        if (what === 'audio') sizes.push(audioMs - heardMs);
        heardMs = audioMs;
      },
    });
    const stream = new RecordedStream(rig.recognizer, CONFIG);
    await live(rig, stream, silence(500));
    stream.write(silence(1_000));
    stream.write(silence(30));
    await rig.clock.advance(200);
    expect(sizes).toEqual([...new Array<number>(15).fill(100), 30]);
    stream.abort();
    await rig.close();
  });

  it('is given up when it takes no audio, and then not taken for noise', async () => {
    const stuck = { kind: 'slow-read', bytesPerSecond: 0 } as const;
    const faults = [{ what: stuck, when: { at: 'audio', ms: 500 } as const }];
    const rig = new VirtualRig(version, { faults, limits: { idleMs: 60_000 } });
    const config = { ...CONFIG };
    for (let n = 0; n < 3; n++) {
      const stream = new RecordedStream(rig.recognizer, config);
      await live(rig, stream, silence(6_000));
      expect(stream.write(silence(20))).toBe(false);
      await rig.clock.advance(8_000);
      const message = expect.stringContaining('took no audio');
      expect(stream.ends).toEqual([{ kind: 'transient', message }]);
    }
    expect(rig.emulator.report().open).toEqual([]);
    await rig.close();
  });

  it('is given up when it answers no speech and does not end either, however often', async () => {
    const rig = new VirtualRig(version, { faults: [{ what: { kind: 'hang' } }] });
    const config = { ...CONFIG };
    for (let n = 0; n < 4; n++) {
      const stream = new RecordedStream(rig.recognizer, config);
      await live(rig, stream, speech(6));
      expect(stream.ends).toMatchObject([{ kind: 'transient' }]);
      expect(stream.settled).toBe(0);
    }
    expect(rig.emulator.report().open).toEqual([]);
    await rig.close();
  });

  it('calls what sounds like speech silent when Google ends without a word, and asks ever later', async () => {
    const rig = new VirtualRig(version);
    const config = { ...CONFIG };
    const rumble = linear16(
      Int16Array.from({ length: 60 * RATE }, (_, n) => (n % 4_000 < 2_000 ? 5_000 : 0)),
    );
    const livedMs: number[] = [];
    for (let n = 0; n < 3; n++) {
      const stream = new RecordedStream(rig.recognizer, config);
      let at = 0;
      for (; stream.ends.length === 0; at += 640) {
        stream.write(rumble.subarray(at, at + 640));
        await rig.clock.advance(20);
      }
      expect(stream.ends).toMatchObject([{ kind: 'routine' }]);
      expect(stream.settled).toBeGreaterThan(0);
      livedMs.push(at / 32);
    }
    expect(livedMs.map((ms) => Math.round(ms / 1_000))).toEqual([8, 16, 32]);
    await rig.close();
  });

  it('is not given up for silence', async () => {
    const rig = new VirtualRig(version);
    const stream = new RecordedStream(rig.recognizer, CONFIG);
    await live(rig, stream, silence(120_000));
    expect(stream.ends).toEqual([]);
    expect(stream.settled).toBeGreaterThanOrEqual(RATE * 118.5);
    stream.abort();
    await rig.close();
  });

  it('still gives a final that comes late over what it called silent', async () => {
    const late = { what: { kind: 'late', ms: 7_000 }, when: { at: 'interim', nth: 1 } } as const;
    const rig = new VirtualRig(version, { faults: [late], manner: { interimEveryMs: 60_000 } });
    const config = { ...CONFIG };
    const stream = new RecordedStream(rig.recognizer, config);
    const { samples } = speak([{ number: 7, ms: 400, pauseMs: 1_000 }], RATE, 100);
    await live(rig, stream, linear16(samples));
    await live(rig, stream, silence(9_000));
    stream.finish();
    await rig.settle();
    expect(stream.texts).toEqual(['7']);
    expect(stream.violations).toEqual([]);
    await rig.close();
  });
});
