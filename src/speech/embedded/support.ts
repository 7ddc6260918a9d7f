/**
 * Support: what of a configuration the embedded model can't serve, in words for a developer.
 *
 * The fields are named as on the wire.
 */
import type { SpeechConfig, Support, Unsupported } from '../recognizer.ts';

const MODEL_NAME = 'moonshine-tiny';

const IGNORED: readonly {
  readonly field: string;
  readonly isAsked: (config: SpeechConfig) => boolean;
  readonly message: string;
}[] = [
  {
    field: 'words',
    isAsked: ({ words }) => words,
    message: 'The embedded recognizer knows no word times: finals carry no words',
  },
  {
    field: 'phrases',
    isAsked: ({ phrases }) => phrases.length > 0,
    message: 'The embedded recognizer takes no phrase hints',
  },
  {
    field: 'alternatives',
    isAsked: ({ alternatives }) => alternatives > 1,
    message: 'The embedded recognizer knows one reading of an utterance',
  },
  {
    field: 'profanityFilter',
    isAsked: ({ profanityFilter }) => profanityFilter,
    message: 'The embedded recognizer filters no words',
  },
  {
    field: 'punctuation',
    isAsked: ({ punctuation }) => !punctuation,
    message: 'The embedded recognizer always writes punctuation',
  },
  {
    field: 'model',
    isAsked: ({ model }) => model !== undefined && model !== MODEL_NAME,
    message: `The embedded recognizer has one model, ${MODEL_NAME}`,
  },
];

/** English only, by the preferred language; everything else is served without what it lacks. */
export function supportOf(config: SpeechConfig): Support {
  const language = config.languages[0] ?? '';
  if (!/^en(-|$)/i.test(language)) {
    const message = `language is '${language}', the embedded recognizer serves English only: 'en' or 'en-US'`;
    return { refused: { field: 'language', message } };
  }
  const ignored = IGNORED.filter(({ isAsked }) => isAsked(config)).map(
    ({ field, message }): Unsupported => ({ field, message }),
  );
  return { ignored };
}
