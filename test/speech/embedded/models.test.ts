import { appendFile, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkModels,
  MODEL_FILES,
  MODELS_DIR,
  requireModels,
} from '../../../src/speech/embedded/models.ts';

describe('checkModels()', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earshot-models-'));
    for (const { file } of Object.values(MODEL_FILES)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await copyFile(join(MODELS_DIR, file), join(folder, file));
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('finds the models right that the build laid out', async () => {
    const states = (await checkModels(folder)).map(({ state }) => state);
    expect(states).toEqual(['ok', 'ok', 'ok', 'ok']);
    await expect(requireModels(folder)).resolves.toBeUndefined();
  });

  it('tells a damaged file from a missing one, and names both with what to do', async () => {
    const { voice, encoder } = MODEL_FILES;
    await rm(join(folder, voice.file));
    await appendFile(join(folder, encoder.file), 'x');
    const bad = (await checkModels(folder)).filter(({ state }) => state !== 'ok');
    expect(bad).toEqual([
      { ...encoder, path: join(folder, encoder.file), state: 'damaged' },
      { ...voice, path: join(folder, voice.file), state: 'missing' },
    ]);
    const message = `${join(folder, encoder.file)} is damaged, ${join(folder, voice.file)} is missing: run "npm run build" in a checkout, or install Earshot again`;
    const error = { name: 'EarshotError', code: 'model_invalid', blame: 'edge', message };
    await expect(requireModels(folder)).rejects.toMatchObject(error);
  });

  it('takes a folder in place of a file for a missing one', async () => {
    const path = join(folder, MODEL_FILES.tokens.file);
    await rm(path);
    await mkdir(path);
    const tokens = (await checkModels(folder)).find((check) => check.path === path);
    expect(tokens?.state).toBe('missing');
  });
});
