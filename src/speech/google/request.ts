/**
 * Request: what a session asks for as the first message of a call, for v1 and v2 (pure).
 *
 * Interims, word times and voice activity are asked for whatever the device wants: what settles audio
 * and where a cut lies is known from them. But a model that refuses to be asked is not.
 */
import type { SpeechConfig } from '../recognizer.ts';
import type { Opening, Version } from './driver.ts';

/** Whom to ask. */
export interface Account {
  readonly version: Version;
  /** v2 needs one. */
  readonly project: string | undefined;
  readonly location: string;
  /** For sessions that name no model; undefined leaves it to Google where that is allowed. */
  readonly model: string | undefined;
}

/** They refuse every stream that asks for times of words, and have no confidence of words either. */
const WORDLESS_MODELS = ['chirp_3'];

/** Whether finals of this model may have words with their times. */
export function givesWords({ model }: Pick<Account, 'model'>, asked: SpeechConfig): boolean {
  return !WORDLESS_MODELS.includes(asked.model ?? model ?? '');
}

/** v2 demands a model. */
const MODEL_V2 = 'long';

export function openingOf(account: Account, config: SpeechConfig): Opening {
  const { version } = account;
  if (version === 'v1') {
    return { version, first: { streamingConfig: streamingV1(account, config) }, headers: {} };
  }
  const recognizer = `projects/${account.project}/locations/${account.location}/recognizers/_`;
  return {
    version,
    first: { recognizer, streamingConfig: streamingV2(account, config) },
    headers: { 'x-goog-request-params': `recognizer=${encodeURIComponent(recognizer)}` },
  };
}

function streamingV1(account: Account, asked: SpeechConfig): object {
  const [languageCode, ...alternativeLanguageCodes] = asked.languages;
  const model = asked.model ?? account.model;
  const config = {
    encoding: asked.encoding,
    sampleRateHertz: asked.sampleRateHertz,
    audioChannelCount: 1,
    languageCode,
    alternativeLanguageCodes,
    maxAlternatives: asked.alternatives,
    profanityFilter: asked.profanityFilter,
    ...wordsFor(account, asked),
    enableAutomaticPunctuation: asked.punctuation,
    speechContexts: contextsOf(asked.phrases),
    ...(model !== undefined && { model }),
  };
  return { config, interimResults: true, enableVoiceActivityEvents: true };
}

function wordsFor(account: Account, asked: SpeechConfig): object {
  const gives = givesWords(account, asked);
  return { enableWordTimeOffsets: gives, enableWordConfidence: gives && asked.words };
}

/** Phrases of one boost share a context. */
function contextsOf(phrases: SpeechConfig['phrases']): object[] {
  const byBoost = new Map<number, string[]>();
  for (const { text, boost } of phrases) {
    byBoost.set(boost, [...(byBoost.get(boost) ?? []), text]);
  }
  return Array.from(byBoost, ([boost, texts]) => ({ phrases: texts, ...(boost > 0 && { boost }) }));
}

function streamingV2(account: Account, asked: SpeechConfig): object {
  const { phrases } = asked;
  const config = {
    explicitDecodingConfig: {
      encoding: asked.encoding,
      sampleRateHertz: asked.sampleRateHertz,
      audioChannelCount: 1,
    },
    languageCodes: asked.languages,
    model: asked.model ?? account.model ?? MODEL_V2,
    features: {
      profanityFilter: asked.profanityFilter,
      ...wordsFor(account, asked),
      enableAutomaticPunctuation: asked.punctuation,
      maxAlternatives: asked.alternatives,
    },
    ...(phrases.length > 0 && { adaptation: { phraseSets: [phraseSetOf(phrases)] } }),
  };
  const streamingFeatures = { interimResults: true, enableVoiceActivityEvents: true };
  return { config, streamingFeatures };
}

function phraseSetOf(phrases: SpeechConfig['phrases']): object {
  const values = phrases.map(({ text, boost }) => ({
    value: text,
    ...(boost > 0 && { boost }),
  }));
  return { inlinePhraseSet: { phrases: values } };
}
