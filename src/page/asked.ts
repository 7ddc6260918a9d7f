/**
 * Asked: what a talk asks for, from what the page's form says. (pure)
 */
import type { ConnectOptions } from '../client/browser.ts';
import type { MicrophoneOptions } from './source.ts';

export interface Asked {
  /** `start`, but for how the audio is made. */
  readonly start: Omit<ConnectOptions['start'], 'encoding' | 'sampleRateHertz'>;
  readonly microphone: MicrophoneOptions;
  readonly token: string | undefined;
}

/** As the protocol has them. */
const PHRASES_MAX = 500;
const PHRASE_CHARS_MAX = 100;

/** Only what differs from the protocol's defaults is said, so that no warning comes of the rest. */
export function askedOf(values: Readonly<Record<string, string | boolean>>): Asked {
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const phrases = phrasesOf(text('phrases') ?? '');
  const language = text('language');
  const model = text('model');
  return {
    start: {
      ...(language !== undefined && { language }),
      ...(model !== undefined && { model }),
      ...(values['interim'] === false && { interim: false }),
      ...(values['punctuation'] === false && { punctuation: false }),
      ...(values['words'] === true && { words: true }),
      ...(values['profanityFilter'] === true && { profanityFilter: true }),
      ...(phrases.length > 0 && { phrases }),
    },
    microphone: { deviceId: text('microphone'), processed: values['processed'] !== false },
    token: text('token'),
  };
}

function phrasesOf(text: string): { text: string }[] {
  return text
    .split('\n')
    .map((line) => line.trim().slice(0, PHRASE_CHARS_MAX))
    .filter((line) => line !== '')
    .slice(0, PHRASES_MAX)
    .map((line) => ({ text: line }));
}
