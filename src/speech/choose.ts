/**
 * Choose: which recognizer serves this process, and why.
 */
import type { Clock } from '../clock.ts';
import { EarshotError } from '../errors.ts';
import { MODELS_DIR, requireModels } from './embedded/models.ts';
import { EmbeddedRecognizer } from './embedded/recognizer.ts';
import type { Recognizer } from './recognizer.ts';

export interface Wish {
  readonly recognizer: 'auto' | 'embedded' | 'google';
  readonly modelsDir: string | undefined;
}

/** What would be taken, in words, without loading anything. */
export interface Choice {
  readonly name: 'embedded';
  /** "Moonshine Tiny, English" */
  readonly what: string;
  /** "no credentials of Google were looked for" */
  readonly why: string;
  readonly modelsDir: string;
}

/** Throws `config_invalid` when what is wished for is not to be had. */
export function choose(wish: Wish): Choice {
  if (wish.recognizer === 'google') {
    const message =
      "EARSHOT_RECOGNIZER is 'google', which this version has not, expected auto or embedded";
    throw new EarshotError('config_invalid', 'edge', message);
  }
  const asked = wish.recognizer === 'embedded';
  return {
    name: 'embedded',
    what: 'Moonshine Tiny, English, runs on this machine',
    why: asked
      ? 'EARSHOT_RECOGNIZER says so'
      : 'it needs no account, and it is the only one so far',
    modelsDir: wish.modelsDir ?? MODELS_DIR,
  };
}

/** Checks and loads it, or throws `model_invalid` or `recognizer_failed`. */
export async function load({ modelsDir }: Choice, clock: Clock): Promise<Recognizer> {
  await requireModels(modelsDir);
  const recognizer = new EmbeddedRecognizer({ clock, modelsDir });
  await recognizer.start();
  return recognizer;
}
