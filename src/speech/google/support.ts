/**
 * Support: what of a configuration Google can't serve, in words for a developer (pure).
 *
 * Only what Google's documents rule out is refused here. Which models and languages go together only
 * Google knows: it refuses them by itself, and the session hears why.
 */
import type { SpeechConfig, Support, Unsupported } from '../recognizer.ts';
import type { Version } from './driver.ts';
import type { Account } from './request.ts';
import { givesWords } from './request.ts';

const PHRASE_LENGTH_MAX = 100;
const LIMITS: {
  readonly [V in Version]: { readonly phrasesMax: number; readonly languagesMax: number };
} = {
  v1: { phrasesMax: 5_000, languagesMax: 4 },
  v2: { phrasesMax: 1_200, languagesMax: 4 },
};

/** `model` is that of sessions which name none. */
export function supportOf(
  account: Pick<Account, 'version' | 'model'>,
  config: SpeechConfig,
): Support {
  const { version } = account;
  const { phrasesMax, languagesMax } = LIMITS[version];
  const { phrases, languages, alternatives, model } = config;
  const long = phrases.find(({ text }) => text.length > PHRASE_LENGTH_MAX);
  const problems: readonly (Unsupported | undefined)[] = [
    refuseWhen(languages.length > languagesMax, 'languages', () => {
      return `languages has ${languages.length} elements, Google takes at most ${languagesMax}`;
    }),
    refuseWhen(phrases.length > phrasesMax, 'phrases', () => {
      return `phrases has ${phrases.length} elements, Google ${version} takes at most ${phrasesMax}`;
    }),
    refuseWhen(long !== undefined, 'phrases', () => {
      return `a phrase has ${long?.text.length} characters, Google takes at most ${PHRASE_LENGTH_MAX}`;
    }),
    refuseWhen(model !== undefined && !/^[\w.-]+$/.test(model), 'model', () => {
      return `model is '${model}', expected the name of a model of Google, such as latest_long`;
    }),
  ];
  const refused = problems.find((problem) => problem !== undefined);
  if (refused !== undefined) return { refused };
  const isWordless = config.words && !givesWords(account, config);
  return {
    ignored: [
      ...(alternatives > ALTERNATIVES_MAX ? [FEWER] : []),
      ...(isWordless ? [WORDLESS] : []),
    ],
  };
}

/** What v1 and v2 both give at most. */
const ALTERNATIVES_MAX = 30;
const FEWER: Unsupported = {
  field: 'alternatives',
  message: `Google gives at most ${ALTERNATIVES_MAX} readings`,
};

const WORDLESS: Unsupported = {
  field: 'words',
  message: 'this model of Google gives no words in a stream: finals carry none',
};

function refuseWhen(isSo: boolean, field: string, message: () => string): Unsupported | undefined {
  return isSo ? { field, message: message() } : undefined;
}
