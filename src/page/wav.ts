/**
 * WAV: the samples of a file that holds them as they are sent, so that nothing is lost on the way. (pure)
 *
 * Any other sound is for the browser to decode, which rounds.
 */
import { RATE_MAX, RATE_MIN } from './pcm.ts';

export interface Samples {
  readonly pcm: Int16Array<ArrayBuffer>;
  readonly sampleRateHertz: number;
}

const PCM = 1;

/** Undefined: it is no WAV of 16-bit PCM with one channel, at a rate that is served. */
export function samplesOf(bytes: ArrayBuffer): Samples | undefined {
  const view = new DataView(bytes);
  if (wordAt(view, 0) !== 'RIFF' || wordAt(view, 8) !== 'WAVE') return undefined;
  let sampleRateHertz: number | undefined;
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const length = view.getUint32(at + 4, true);
    const word = wordAt(view, at);
    if (word === 'fmt ') sampleRateHertz = rateOf(view, at + 8);
    if (word === 'data') {
      return sampleRateHertz === undefined
        ? undefined
        : { pcm: pcmAt(view, at + 8, length), sampleRateHertz };
    }
    at += 8 + length + (length % 2);
  }
  return undefined;
}

function rateOf(view: DataView, at: number): number | undefined {
  if (at + 16 > view.byteLength) return undefined;
  const [tag, channels] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
  const [rate, bits] = [view.getUint32(at + 4, true), view.getUint16(at + 14, true)];
  const isServed = rate >= RATE_MIN && rate <= RATE_MAX;
  return tag === PCM && channels === 1 && bits === 16 && isServed ? rate : undefined;
}

/** Who wrote into a pipe couldn't know the length: then it is all that follows. */
function pcmAt(view: DataView, at: number, length: number): Int16Array<ArrayBuffer> {
  const there = view.byteLength - at;
  const pcm = new Int16Array(Math.floor((length === 0 ? there : Math.min(length, there)) / 2));
  for (let i = 0; i < pcm.length; i++) pcm[i] = view.getInt16(at + i * 2, true);
  return pcm;
}

function wordAt(view: DataView, at: number): string {
  if (at + 4 > view.byteLength) return '';
  return String.fromCharCode(...new Uint8Array(view.buffer, at, 4));
}
