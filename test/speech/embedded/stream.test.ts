import { describe, expect, it } from 'vitest';
import type { ToThread } from '../../../src/speech/embedded/messages.ts';
import { EmbeddedStream } from '../../../src/speech/embedded/stream.ts';
import type { SpeechConfig } from '../../../src/speech/recognizer.ts';

const CONFIG: SpeechConfig = {
  encoding: 'LINEAR16',
  sampleRateHertz: 8_000,
  languages: ['en-US'],
  interim: true,
  words: false,
  punctuation: true,
  alternatives: 1,
  profanityFilter: false,
  phrases: [],
  model: undefined,
};
/** 100 ms at 8 kHz. */
const BACKLOG_BYTES = 1_600;

function newRig() {
  const posted: ToThread[] = [];
  const transferred: ArrayBuffer[] = [];
  const said: string[] = [];
  const events = {
    onInterim: ({ text }: { text: string }) => said.push(`interim ${text}`),
    onFinal: ({ text }: { text: string }) => said.push(`final ${text}`),
    onSilence: (endSample: number) => said.push(`silence ${endSample}`),
    onDrain: () => said.push('drain'),
    onEnd: (fault: { kind: string; message: string } | undefined) =>
      said.push(fault === undefined ? 'end' : `end ${fault.kind}: ${fault.message}`),
  };
  const post = (message: ToThread, transfer: readonly ArrayBuffer[] = []): void => {
    posted.push(message);
    transferred.push(...transfer);
  };
  return { posted, transferred, said, stream: new EmbeddedStream(7, CONFIG, events, post, 100) };
}

describe('EmbeddedStream', () => {
  it('tells the thread what it needs of the configuration', () => {
    const config = { encoding: 'LINEAR16', sampleRateHertz: 8_000, interim: true };
    expect(newRig().posted).toEqual([{ type: 'open', id: 7, config }]);
  });

  it('transfers a chunk that is all of its buffer', () => {
    const { stream, transferred, posted } = newRig();
    const chunk = Uint8Array.of(1, 2, 3, 4);
    stream.write(chunk);
    expect(transferred).toEqual([chunk.buffer]);
    expect(posted.at(-1)).toEqual({ type: 'audio', id: 7, bytes: chunk });
  });

  it('transfers a copy of a chunk that shares its buffer, of a pooled one too', () => {
    const { stream, transferred } = newRig();
    const shared = Uint8Array.of(1, 2, 3, 4);
    stream.write(shared.subarray(2));
    stream.write(Buffer.from([5, 6]));
    expect(transferred.map((buffer) => [...new Uint8Array(buffer)])).toEqual([
      [3, 4],
      [5, 6],
    ]);
    expect(shared).toHaveLength(4);
  });

  it('answers false past its backlog, and asks for more once half of it was taken', () => {
    const { stream, said } = newRig();
    expect(stream.write(new Uint8Array(BACKLOG_BYTES))).toBe(true);
    expect(stream.write(new Uint8Array(2))).toBe(false);
    stream.receive({ type: 'taken', id: 7, bytes: BACKLOG_BYTES / 2 });
    expect(said).toEqual([]);
    expect(stream.write(new Uint8Array(2))).toBe(false);
    stream.receive({ type: 'taken', id: 7, bytes: 4 });
    expect(said).toEqual(['drain']);
    stream.receive({ type: 'taken', id: 7, bytes: 2 });
    expect(said).toEqual(['drain']);
    expect(stream.write(new Uint8Array(2))).toBe(true);
  });

  it('passes on what the thread says, until it ends', () => {
    const { stream, said } = newRig();
    const span = { id: 7, startSample: 0, endSample: 80 };
    stream.receive({ type: 'interim', ...span, text: 'hel' });
    stream.receive({ type: 'final', ...span, text: 'hello' });
    stream.receive({ type: 'silence', id: 7, endSample: 90 });
    stream.receive({ type: 'end', id: 7 });
    stream.receive({ type: 'silence', id: 7, endSample: 100 });
    stream.end('too late');
    expect(said).toEqual(['interim hel', 'final hello', 'silence 90', 'end']);
  });

  it('says why the thread ended it', () => {
    const { stream, said } = newRig();
    stream.receive({ type: 'end', id: 7, fault: 'a decode failed' });
    expect(said).toEqual(['end transient: a decode failed']);
  });

  it('says nothing after abort(), and asks the thread to forget it once', () => {
    const { stream, said, posted } = newRig();
    stream.finish();
    stream.abort();
    stream.abort();
    stream.endpoint();
    stream.receive({ type: 'end', id: 7 });
    expect(said).toEqual([]);
    expect(posted.map(({ type }) => type)).toEqual(['open', 'finish', 'abort']);
  });

  it('takes half a sample, and audio after finish(), for a bug of its user', () => {
    const { stream } = newRig();
    expect(() => stream.write(new Uint8Array(3))).toThrow('whole samples');
    stream.finish();
    expect(() => stream.write(new Uint8Array(2))).toThrow('after finish()');
  });
});
