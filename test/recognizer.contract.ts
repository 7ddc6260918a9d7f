/**
 * The contract of the port Recognizer as a suite: every implementation passes it.
 *
 * An implementation brings a Rig: audio that it understands, and a way to let time pass. What must
 * hold at every event (order, bounds, silence after the end) is checked by RecordedStream.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recognizer, SpeechConfig } from '../src/speech/recognizer.ts';
import { RecordedStream } from './fakes/recorded-stream.ts';

export interface Rig {
  readonly recognizer: Recognizer;
  /** LINEAR16, one that supports() accepts whole. */
  readonly config: SpeechConfig;
  /** So many utterances with silence around each that makes it a final; 1 to 3 of them. */
  speech(utterances: number): Uint8Array;
  silence(ms: number): Uint8Array;
  /** Lets time pass until `condition` holds; fails when that takes too long. */
  until(condition: () => boolean): Promise<void>;
  /** Lets time pass until all is said that could be said of what was written to `stream`, and before. */
  settle(stream: RecordedStream): Promise<void>;
  close(): Promise<void>;
}

/** Long enough to make any implementation ask for a break. */
const FLOOD_MS = 20_000;
/** Ends an utterance after endpoint() only. */
const SHORT_PAUSE_MS = 300;

export function recognizerContract(name: string, newRig: () => Rig): void {
  describe(`${name} keeps the Recognizer contract`, () => {
    let rig: Rig;
    beforeAll(() => {
      rig = newRig();
    });
    afterAll(() => rig.close());

    const open = (part: Partial<SpeechConfig> = {}, recognizer = rig.recognizer): RecordedStream =>
      new RecordedStream(recognizer, { ...rig.config, ...part });

    /** Writes all in pieces of `samples`, finishes, and waits for the end. */
    async function hear(audio: Uint8Array, samples: number, part = {}): Promise<RecordedStream> {
      const stream = open(part);
      for (let at = 0; at < audio.byteLength; at += 2 * samples) {
        stream.write(audio.subarray(at, at + 2 * samples));
      }
      stream.finish();
      await rig.until(() => stream.ends.length > 0);
      return stream;
    }

    function expectWhole(stream: RecordedStream, finals: number): void {
      expect(stream.violations).toEqual([]);
      expect(stream.ends).toEqual([undefined]);
      expect(stream.finals).toHaveLength(finals);
      expect(stream.settled).toBe(stream.written);
    }

    /** The audio of one utterance up to its middle, and the rest. */
    function halves(): [Uint8Array, Uint8Array] {
      const audio = rig.speech(1);
      const middle = 2 * Math.floor(audio.byteLength / 4);
      return [audio.subarray(0, middle), audio.subarray(middle)];
    }

    it('accepts a plain configuration', () => {
      expect(rig.recognizer.supports(rig.config)).toEqual({ ignored: [] });
      expect(rig.recognizer.slotsDefault).toBeGreaterThan(0);
    });

    it('gives a final for each utterance, then ends with no fault', async () => {
      expectWhole(await hear(rig.speech(3), 1600), 3);
    });

    it('gives a final before finish() when silence follows the utterance', async () => {
      const stream = open();
      stream.write(rig.speech(1));
      await rig.until(() => stream.finals.length === 1);
      stream.finish();
      await rig.until(() => stream.ends.length > 0);
      expectWhole(stream, 1);
    });

    it('hears the same however the audio is cut into chunks', async () => {
      const audio = rig.speech(2);
      const samples = audio.byteLength / 2;
      const whole = await hear(audio, samples);
      expectWhole(whole, 2);
      for (const size of [111, 1601]) expectWhole(await hear(audio, size), 2);
    });

    it('takes chunks of one sample', async () => {
      expectWhole(await hear(rig.silence(100), 1), 0);
    });

    it('takes 15 s at once', async () => {
      const padding = rig.silence(15_000);
      const audio = rig.speech(1);
      padding.set(audio.subarray(0, padding.byteLength));
      expectWhole(await hear(padding, padding.byteLength / 2), 1);
    });

    it('ends with no fault and no outcome when nothing was written', async () => {
      const stream = open();
      stream.finish();
      await rig.until(() => stream.ends.length > 0);
      expectWhole(stream, 0);
    });

    it('settles a single sample', async () => {
      expectWhole(await hear(rig.silence(1).subarray(0, 2), 1), 0);
    });

    it('settles silence without a final and before finish()', async () => {
      const stream = open();
      stream.write(rig.silence(3_000));
      await rig.until(() => stream.settled >= stream.written / 2);
      stream.finish();
      await rig.until(() => stream.ends.length > 0);
      expectWhole(stream, 0);
    });

    it('settles what was written when finish() comes in the middle of an utterance', async () => {
      const [first] = halves();
      expectWhole(await hear(first, 1600), 1);
    });

    it('sends an interim while an utterance goes on', async () => {
      const stream = open({ interim: true });
      const [first, rest] = halves();
      stream.write(first);
      await rig.until(() => stream.interims.length > 0);
      stream.write(rest);
      stream.finish();
      await rig.until(() => stream.ends.length > 0);
      expectWhole(stream, 1);
    });

    it('sends no interim when none is wanted', async () => {
      const stream = await hear(rig.speech(1), 1600, { interim: false });
      expectWhole(stream, 1);
      expect(stream.interims).toEqual([]);
    });

    it('takes audio beyond a write() that answered false, and says when more is welcome', async () => {
      const stream = open();
      const flood = rig.silence(FLOOD_MS);
      expect(stream.write(flood)).toBe(false);
      expect(stream.write(rig.speech(1))).toBe(false);
      await rig.until(() => stream.drains === 1);
      expect(stream.write(rig.silence(100))).toBe(true);
      stream.finish();
      await rig.until(() => stream.ends.length > 0);
      expectWhole(stream, 1);
      expect(stream.drains).toBe(1);
    });

    it('says nothing of a drain after finish()', async () => {
      const stream = open();
      expect(stream.write(rig.silence(FLOOD_MS))).toBe(false);
      stream.finish();
      await rig.until(() => stream.ends.length > 0);
      expectWhole(stream, 0);
      expect(stream.drains).toBe(0);
    });

    it('gives a final at a short pause after endpoint(), and hears on', async () => {
      const stream = open();
      stream.write(withoutTail(rig));
      stream.endpoint();
      stream.write(rig.silence(SHORT_PAUSE_MS));
      await rig.until(() => stream.finals.length === 1);
      stream.write(rig.speech(1));
      stream.finish();
      await rig.until(() => stream.ends.length > 0);
      expectWhole(stream, 2);
    });

    it('gives a final at once when endpoint() comes in a pause', async () => {
      const stream = open();
      stream.write(withoutTail(rig));
      stream.write(rig.silence(SHORT_PAUSE_MS));
      stream.endpoint();
      await rig.until(() => stream.finals.length === 1);
      stream.finish();
      await rig.until(() => stream.ends.length > 0);
      expectWhole(stream, 1);
    });

    it('gives no final for an endpoint() in silence', async () => {
      const stream = open();
      stream.endpoint();
      stream.write(rig.silence(1_000));
      stream.endpoint();
      stream.finish();
      await rig.until(() => stream.ends.length > 0);
      expectWhole(stream, 0);
    });

    it('hears each stream by itself', async () => {
      const one = open();
      const aborted = open();
      const other = open();
      const audio = rig.speech(2);
      for (let at = 0; at < audio.byteLength; at += 3200) {
        for (const stream of [one, aborted, other]) stream.write(audio.subarray(at, at + 3200));
      }
      aborted.abort();
      one.finish();
      other.finish();
      await rig.until(() => one.ends.length + other.ends.length === 2);
      expectWhole(one, 2);
      expectWhole(other, 2);
      expect(aborted.violations).toEqual([]);
    });

    it.each([
      ['open()', () => undefined],
      ['write()', (stream: RecordedStream) => stream.write(rig.speech(1))],
      [
        'a write() that answered false',
        (stream: RecordedStream) => stream.write(rig.silence(FLOOD_MS)),
      ],
      [
        'finish()',
        (stream: RecordedStream) => {
          stream.write(rig.speech(1));
          stream.finish();
        },
      ],
    ])('says nothing when abort() follows %s', async (_, act) => {
      const stream = open();
      act(stream);
      stream.abort();
      await rig.settle(stream);
      expect(stream.violations).toEqual([]);
      expect([stream.finals, stream.settled, stream.ends]).toEqual([[], 0, []]);
    });

    it.each([
      ['an interim', (stream: RecordedStream) => stream.interims.length > 0],
      ['a final', (stream: RecordedStream) => stream.finals.length > 0],
      ['silence', (stream: RecordedStream) => stream.settled > 0],
    ])('says nothing when abort() comes within %s', async (_, isMoment) => {
      const stream = open();
      let hasAborted = false;
      stream.onSaid = () => {
        if (hasAborted || !isMoment(stream)) return;
        hasAborted = true;
        stream.abort();
      };
      const [first, rest] = halves();
      stream.write(rig.silence(1_000));
      stream.write(first);
      await rig.until(() => hasAborted || stream.interims.length > 0);
      stream.write(rest);
      stream.finish();
      await rig.until(() => hasAborted);
      await rig.settle(stream);
      expect(stream.violations).toEqual([]);
      expect(stream.ends).toEqual([]);
    });

    it('has no effect when called after the end', async () => {
      const stream = await hear(rig.silence(100), 1600);
      expect(stream.write(rig.speech(1))).toBe(true);
      stream.endpoint();
      stream.finish();
      stream.abort();
      await rig.settle(stream);
      expect(stream.violations).toEqual([]);
      expect(stream.ends).toEqual([undefined]);
    });

    it('ends every stream with a fault at close(), and serves none after', async () => {
      const own = newRig();
      const idle = open({}, own.recognizer);
      const busy = open({}, own.recognizer);
      busy.write(rig.speech(1));
      busy.finish();
      await own.recognizer.close();
      const late = open({}, own.recognizer);
      await own.until(() => late.ends.length > 0);
      for (const { ends, violations } of [idle, busy, late]) {
        expect(violations).toEqual([]);
        expect(ends).toEqual([expect.objectContaining({ kind: expect.any(String) })]);
      }
      await own.close();
    });
  });
}

/** One utterance without the silence that ends it. */
function withoutTail(rig: Rig): Uint8Array {
  const audio = rig.speech(1);
  let end = audio.byteLength;
  while (end > 0 && audio[end - 1] === 0 && audio[end - 2] === 0) end -= 2;
  return audio.subarray(0, end);
}
