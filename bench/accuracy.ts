/**
 * Accuracy: how many words are wrong, and how soon are they there?
 *
 *   npm run bench:accuracy -- FOLDER [FOLDER ...]     WAV files, each with its words in a .txt
 *
 * Streams every recording at the pace of speech, one after another, through the real server in a
 * process of its own. Speech begins and ends where the loudness says so; latencies count from the
 * moment that frame was due, so a sender that falls behind does not flatter them.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { connect } from '../src/client/node.ts';
import type { AudioFormat } from '../src/command/wav.ts';
import { ByteReader, framesOf, readWav } from '../src/command/wav.ts';
import type { ServerMessage } from '../src/wire/message.ts';
import { quantile } from './quantile.ts';
import { startServerProcess } from './server-process.ts';
import type { Errors } from './wer.ts';
import { compare } from './wer.ts';

const FRAME_MS = 100;
/** Speech is where 20 ms are louder than this share of the loudest 20 ms. */
const LOUD_SHARE = 0.05;
const LOUD_MS = 20;

interface Recording {
  readonly name: string;
  readonly words: string;
  readonly format: AudioFormat;
  readonly frames: readonly Uint8Array[];
}

interface Measured extends Errors {
  readonly name: string;
  readonly heard: string;
  readonly seconds: number;
  /** From the beginning of speech to the first interim, from its end to the last final. */
  readonly interimMs: number | undefined;
  readonly finalMs: number | undefined;
  readonly balanced: boolean;
}

async function load(folder: string): Promise<Recording[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.wav')).sort();
  const recordings: Recording[] = [];
  for (const file of files) {
    const words = await readFile(join(folder, file.replace(/\.wav$/, '.txt')), 'utf8');
    const bytes = await readFile(join(folder, file));
    const reader = new ByteReader(Readable.from([bytes]));
    const wav = await readWav(reader);
    if ('fault' in wav) throw new Error(`${file} ${wav.fault}`);
    const audio = bytes.subarray(reader.offset, reader.offset + (wav.audioBytes ?? bytes.length));
    const frames: Uint8Array[] = [];
    for await (const frame of framesOf(Readable.from([audio]), wav.format, FRAME_MS))
      frames.push(frame.slice());
    recordings.push({ name: basename(file, '.wav'), words, format: wav.format, frames });
  }
  return recordings;
}

/** Where speech begins and ends, in milliseconds. */
function speechIn({ frames, format }: Recording): { beginMs: number; endMs: number } {
  const audio = Buffer.concat(frames);
  const step = (format.sampleRateHertz * LOUD_MS) / 1000;
  const powers: number[] = [];
  for (let at = 0; (at + step) * 2 <= audio.length; at += step) {
    let power = 0;
    for (let n = at; n < at + step; n++) power += audio.readInt16LE(n * 2) ** 2;
    powers.push(Math.sqrt(power / step));
  }
  const loud = Math.max(...powers) * LOUD_SHARE;
  return {
    beginMs: powers.findIndex((power) => power > loud) * LOUD_MS,
    endMs: (powers.findLastIndex((power) => power > loud) + 1) * LOUD_MS,
  };
}

async function measure(url: string, recording: Recording): Promise<Measured> {
  const { name, words, format, frames } = recording;
  const heard: { readonly atMs: number; readonly message: ServerMessage }[] = [];
  const onMessage = (message: ServerMessage): void => {
    heard.push({ atMs: performance.now(), message });
  };
  const stream = connect({ url, start: { ...format }, onMessage });
  await stream.ready();
  const startMs = performance.now();
  for (const [n, frame] of frames.entries()) {
    // A microphone hands a frame over when its last sample has been taken.
    const waitMs = startMs + (n + 1) * FRAME_MS - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    stream.write(frame);
  }
  const summary = await stream.finish();
  const speech = speechIn(recording);
  const when = (type: 'interim' | 'final', last: boolean): number | undefined => {
    const all = heard.filter(({ message }) => message.type === type);
    const atMs = all.at(last ? -1 : 0)?.atMs;
    return atMs === undefined ? undefined : atMs - startMs;
  };
  const firstMs = when('interim', false);
  const lastMs = when('final', true);
  const text = heard.flatMap(({ message }) => (message.type === 'final' ? [message.text] : []));
  const fates = summary.transcribedMs + summary.silentMs + summary.releasedMs;
  return {
    name,
    ...compare(words, text.join(' ')),
    heard: text.join(' '),
    seconds: (frames.length * FRAME_MS) / 1000,
    interimMs: firstMs === undefined ? undefined : firstMs - speech.beginMs,
    finalMs: lastMs === undefined ? undefined : lastMs - speech.endMs,
    balanced: Math.abs(summary.receivedMs - fates) <= 2,
  };
}

function median(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  const middle = quantile(known, 0.5);
  return middle === undefined ? '-' : `${Math.round(middle)} ms`;
}

function report(folder: string, rows: readonly Measured[]): void {
  const percent = ({ wrong, said }: Errors): string => `${((100 * wrong) / said).toFixed(1)} %`;
  for (const row of rows) {
    const { name, wrong, said, interimMs, finalMs, balanced, heard } = row;
    const times = `${Math.round(interimMs ?? NaN)} / ${Math.round(finalMs ?? NaN)} ms`;
    const ledger = balanced ? '' : '  UNBALANCED';
    process.stdout.write(`${name}  ${wrong}/${said}  ${times}${ledger}\n    ${heard}\n`);
  }
  const all = rows.reduce(
    (sum, { wrong, said }) => ({ wrong: sum.wrong + wrong, said: sum.said + said }),
    { wrong: 0, said: 0 },
  );
  process.stdout.write(`\n${folder}: ${rows.length} recordings, ${all.said} words\n`);
  process.stdout.write(`  word error rate          ${percent(all)}\n`);
  process.stdout.write(
    `  first interim, median    ${median(rows.map((row) => row.interimMs))} after speech begins\n`,
  );
  process.stdout.write(
    `  final, median            ${median(rows.map((row) => row.finalMs))} after speech ends\n\n`,
  );
}

const folders = process.argv.slice(2);
if (folders.length === 0) {
  process.stderr.write('usage: npm run bench:accuracy -- FOLDER [FOLDER ...]\n');
  process.exit(2);
}
const server = await startServerProcess({ EARSHOT_RECOGNIZER: 'embedded' });
try {
  for (const folder of folders) {
    const rows: Measured[] = [];
    for (const recording of await load(folder)) rows.push(await measure(server.url, recording));
    report(folder, rows);
  }
} finally {
  await server.stop();
}
