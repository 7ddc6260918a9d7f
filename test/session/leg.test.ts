import { assert, describe, expect, it } from 'vitest';
import { LegRig, RATE } from '../fakes/leg-rig.ts';

const TRANSIENT = { kind: 'transient', message: 'a' } as const;

/** [0, 100) audio, [100, 150) gap, [150, 250) audio; all heard. */
function newHeard(): LegRig {
  const rig = new LegRig();
  rig.booked.frame(100);
  rig.booked.clientGap(50);
  rig.booked.frame(100);
  rig.leg.open('start');
  rig.hearAll();
  return rig;
}

describe('Leg', () => {
  it('hears nothing before its stream is open', () => {
    const { leg, booked, told } = new LegRig();
    booked.frame(10);
    const { entry } = leg.reader;
    expect(entry?.kind === 'audio' && leg.hear(entry)).toBe(false);
    leg.open('start');
    expect(told).toEqual([]);
    expect(entry?.kind === 'audio' && leg.hear(entry)).toBe(true);
  });

  it('hears frames and no gaps, and says results as places in the session', () => {
    const { bytes, recognizer, said } = newHeard();
    expect(bytes).toEqual([100, 100]);
    const words = [
      { text: 'a', startSample: 90, endSample: 100, confidence: 0.5 },
      { text: 'b', startSample: 100, endSample: 120 },
    ];
    recognizer.stream.say.onInterim({ startSample: 50, endSample: 100, text: 'a', stability: 0.1 });
    recognizer.stream.say.onFinal({ startSample: 90, endSample: 120, text: 'a b', words });
    recognizer.stream.say.onSilence(150);
    expect(said).toEqual([
      { kind: 'interim', interim: { startSample: 50, endSample: 100, text: 'a', stability: 0.1 } },
      {
        kind: 'final',
        final: {
          startSample: 90,
          endSample: 170,
          text: 'a b',
          words: [
            { text: 'a', startSample: 90, endSample: 100, confidence: 0.5 },
            { text: 'b', startSample: 150, endSample: 170 },
          ],
        },
      },
      { kind: 'silence', end: 200 },
    ]);
  });

  it('never ends a result before it begins', () => {
    const { recognizer, said } = newHeard();
    recognizer.stream.say.onInterim({ startSample: 100, endSample: 100, text: '' });
    expect(said).toMatchObject([{ interim: { startSample: 150, endSample: 150 } }]);
  });

  it('begins inside a frame where all before is settled, and leaves the tape as it is', () => {
    const rig = new LegRig(30);
    rig.booked.frame(100);
    const entry = rig.booked.tape.at(0);
    if (entry?.kind !== 'audio') throw new Error('no audio');
    entry.audio.set([7], 30);
    rig.leg.open('start');
    rig.hearAll();
    expect(rig.bytes).toEqual([70]);
    expect(rig.recognizer.stream.chunks[0]?.[0]).toBe(7);
    expect(entry.audio.byteLength).toBe(100);
    rig.recognizer.stream.say.onSilence(70);
    expect(rig.said).toEqual([{ kind: 'silence', end: 100 }]);
  });

  it('waits while the stream wants no more, and says when it does again', () => {
    const rig = new LegRig();
    rig.booked.frame(10);
    rig.booked.frame(10);
    rig.leg.open('start');
    rig.recognizer.stream.wantsMore = false;
    expect(rig.hearAll()).toBe(false);
    expect(rig.bytes).toEqual([10]);
    rig.recognizer.stream.say.onDrain();
    expect(rig.told).toEqual(['drain']);
    rig.hearAll();
    expect(rig.bytes).toEqual([10, 10]);
  });

  it('waits while its pace has no credit', async () => {
    const rig = new LegRig(0, 1_000);
    for (let n = 0; n < 3; n++) rig.booked.frame(RATE);
    rig.leg.open('start');
    expect(rig.hearAll()).toBe(false);
    expect(rig.leg.wroteMs).toBe(0);
    await rig.clock.advance(501);
    expect(rig.hearAll()).toBe(false);
    expect(rig.bytes).toEqual(Array(20).fill(RATE / 10));
    expect(rig.leg.wroteMs).toBe(501);
  });

  it('gives a long frame in pieces, and what a stream does not take stays on the tape', () => {
    const rig = new LegRig();
    const piece = RATE / 10;
    rig.booked.frame(10);
    rig.booked.frame(piece * 2 + 50);
    rig.leg.open('start');
    const { stream } = rig.recognizer;
    const write = stream.write.bind(stream);
    stream.write = (chunk) => {
      stream.wantsMore = stream.chunks.length !== 1;
      return write(chunk);
    };
    expect(rig.hearAll()).toBe(false);
    expect(rig.bytes).toEqual([10, piece]);
    expect(rig.leg.reader.at).toBe(10 + piece);
    stream.say.onDrain();
    expect(rig.hearAll()).toBe(true);
    expect(rig.bytes).toEqual([10, piece, piece, 50]);
    expect(rig.leg.reader.at).toBe(60 + piece * 2);
    stream.say.onSilence(piece + 60);
    expect(rig.said).toEqual([{ kind: 'silence', end: piece + 60 }]);
  });

  it('hears again no more than it was for, though it was closed within a frame', async () => {
    const rig = new LegRig();
    rig.booked.frame(RATE / 5);
    rig.leg.open('start');
    const { reader } = rig.leg;
    const { entry } = reader;
    assert(entry?.kind === 'audio');
    rig.leg.hear(entry);
    rig.leg.close(reader.at, 'finalize', 5_000);
    rig.recognizer.stream.say.onEnd(TRANSIENT, 0);
    rig.leg.retry(RATE / 20, 1_000);
    await rig.clock.advance(1_000);
    rig.leg.tick(rig.clock.nowMs());
    expect(rig.bytes).toEqual([RATE / 20]);
  });

  it('asks for a final only while it lives', () => {
    const { leg, recognizer } = newHeard();
    leg.endpoint();
    leg.close(250, 'pause', 5_000);
    leg.endpoint();
    expect(recognizer.stream.calls).toEqual(['endpoint', 'finish']);
  });

  it('is closed at a place, and ends when its stream has', () => {
    const { leg, recognizer, told } = newHeard();
    expect([leg.isOpen, leg.cut, leg.how]).toEqual([true, undefined, undefined]);
    leg.close(240, 'pause', 5_000);
    expect([leg.isOpen, leg.cut, leg.how]).toEqual([false, 240, 'pause']);
    recognizer.stream.say.onEnd(undefined, 0);
    expect(told).toEqual(['ended']);
  });

  it('that was cut hard, and whose words have no times, is cut where it ends', () => {
    const { leg } = newHeard();
    leg.blur();
    expect(leg.cut).toBe(undefined);
    leg.close(170, 'hard', 5_000);
    expect([leg.cut, leg.isDraining]).toEqual([170, true]);
    leg.blur();
    expect([leg.how, leg.cut]).toEqual(['plain', 250]);
  });

  it('fails when its stream takes too long to end, and aborts it', async () => {
    const { leg, recognizer, told, clock } = newHeard();
    leg.close(250, 'pause', 5_000);
    await clock.advance(4_999);
    leg.tick(clock.nowMs());
    expect(told).toEqual([]);
    await clock.advance(1);
    leg.tick(clock.nowMs());
    expect(recognizer.stream.calls).toEqual(['finish', 'abort']);
    expect(told).toEqual(['failed: the stream did not end in time']);
  });

  it('says nothing and hears nothing once it is aborted', () => {
    const rig = newHeard();
    rig.leg.abort();
    rig.booked.frame(10);
    expect(rig.hearAll()).toBe(false);
    rig.leg.tick(1e9);
    rig.leg.endpoint();
    expect(rig.recognizer.stream.calls).toEqual(['abort']);
  });

  it('can be aborted by what its own end brings about, and then does nothing', () => {
    const { leg, recognizer, told } = newHeard();
    leg.close(250, 'pause', 5_000);
    recognizer.stream.say.onEnd(undefined, 0);
    leg.abort();
    leg.abort();
    expect(recognizer.stream.calls).toEqual(['finish']);
    expect(told).toEqual(['ended']);
  });
});

describe('Leg that fails', () => {
  it('is heard again by a new stream from what has no outcome, when it is due', async () => {
    const rig = newHeard();
    rig.recognizer.stream.say.onEnd(TRANSIENT, 0);
    expect(rig.told).toEqual(['failed: a']);
    rig.leg.retry(180, 100);
    rig.leg.tick(99);
    expect(rig.recognizer.streams).toHaveLength(1);
    await rig.clock.advance(100);
    rig.leg.tick(100);
    rig.hearAll();
    expect(rig.bytes).toEqual([70]);
    expect(rig.replays.samples).toBe(70);
    rig.recognizer.stream.say.onSilence(70);
    expect(rig.said).toEqual([{ kind: 'silence', end: 250 }]);
  });

  it('goes on to its end by itself when it was closed before', () => {
    const rig = newHeard();
    rig.leg.close(250, 'pause', 5_000);
    rig.booked.frame(100);
    rig.recognizer.stream.say.onEnd(TRANSIENT, 0);
    rig.leg.retry(50, 0);
    rig.leg.tick(0);
    expect(rig.bytes).toEqual([50, 100]);
    expect(rig.recognizer.stream.calls).toEqual(['finish']);
    rig.recognizer.stream.say.onEnd(undefined, 0);
    expect(rig.told).toEqual(['failed: a', 'ended']);
    expect(rig.metrics.streams).toEqual({ start: 1, rotation: 0, retry: 1 });
    expect(rig.metrics.relayIn.heaps().at(-1)?.count).toBe(2);
  });

  it('is not pressed by what pressed the stream before', () => {
    const rig = new LegRig();
    rig.booked.frame(10);
    rig.leg.open('start');
    rig.recognizer.stream.wantsMore = false;
    rig.hearAll();
    rig.recognizer.stream.say.onEnd(TRANSIENT, 0);
    rig.leg.retry(0, 0);
    rig.leg.tick(0);
    expect(rig.hearAll()).toBe(true);
    expect(rig.bytes).toEqual([10]);
  });
});
