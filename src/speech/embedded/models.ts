/**
 * Models: which files the embedded recognizer loads, and whether they are the right ones.
 *
 * The hash is checked before anything is loaded: the runtime ends the whole process, without an
 * exception, on a damaged model. It knows a folder, and nothing of where its files came from.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { builtUrl } from '../../built.ts';
import { EarshotError } from '../../errors.ts';

/** A file of the folder of models, as it must be. */
export interface ModelFile {
  /** Relative to the folder. */
  readonly file: string;
  /** In hex. */
  readonly sha256: string;
}

export const MODEL_FILES = {
  encoder: {
    file: 'moonshine-tiny/encoder_model.onnx',
    sha256: 'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a',
  },
  decoder: {
    file: 'moonshine-tiny/decoder_model_merged.onnx',
    sha256: 'eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367',
  },
  tokens: {
    file: 'moonshine-tiny/tokens.txt',
    sha256: 'd066fc6a23f4b5f9af8522799fcbc7924253ee79fb079a60394898447025237f',
  },
  voice: {
    file: 'silero.onnx',
    sha256: 'a35ebf52fd3ce5f1469b2a36158dba761bc47b973ea3382b3186ca15b1f5af28',
  },
} as const satisfies Record<string, ModelFile>;

/** A file of the folder of models, as it is. */
export interface ModelCheck extends ModelFile {
  readonly path: string;
  readonly state: 'ok' | 'missing' | 'damaged';
}

/** The folder that the build fills. */
export const MODELS_DIR = fileURLToPath(builtUrl('models/'));

/** Every expected file of `folder` with its state; `sha256` is what it should be. */
export function checkModels(folder: string): Promise<ModelCheck[]> {
  return Promise.all(Object.values(MODEL_FILES).map((file) => checkFile(folder, file)));
}

/** Throws EarshotError `model_invalid` unless every file of `folder` is right. */
export async function requireModels(folder: string): Promise<void> {
  const bad = (await checkModels(folder)).filter(({ state }) => state !== 'ok');
  if (bad.length === 0) return;
  const what = bad.map(({ path, state }) => `${path} is ${state}`).join(', ');
  const remedy = 'run "npm run build" in a checkout, or install Earshot again';
  throw new EarshotError('model_invalid', 'edge', `${what}: ${remedy}`);
}

async function checkFile(folder: string, { file, sha256 }: ModelFile): Promise<ModelCheck> {
  const path = join(folder, file);
  const found = await hashOf(path);
  if (found === undefined) return { file, sha256, path, state: 'missing' };
  return { file, sha256, path, state: found === sha256 ? 'ok' : 'damaged' };
}

/** Undefined when there is no such file; a folder or an unreadable file is as good as none. */
async function hashOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}
