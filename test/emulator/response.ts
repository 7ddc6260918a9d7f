/**
 * Response: replies in the shapes of v1 and v2, exactly as the client library decodes them.
 *
 * So 64-bit numbers and enums are strings, floats have 32 bits, and every field is there. What is
 * built here is what the in-process front delivers, and what the gRPC front encodes.
 */
import type { Ask } from './request.ts';
import type { Portion, Reply } from './transcriber.ts';
import type { PlacedWord } from './voice.ts';

interface Duration {
  readonly seconds: string;
  readonly nanos: number;
}

interface WordInfo {
  readonly word: string;
  readonly confidence: number;
  readonly speakerLabel: string;
}
interface Alternative<Word> {
  readonly transcript: string;
  readonly confidence: number;
  readonly words: readonly Word[];
}
interface Result<Word> {
  readonly alternatives: readonly Alternative<Word>[];
  readonly isFinal: boolean;
  readonly stability: number;
  readonly channelTag: number;
  readonly languageCode: string;
}
type SpeechEvent = 'SPEECH_ACTIVITY_BEGIN' | 'SPEECH_ACTIVITY_END';

interface WordV1 extends WordInfo {
  readonly startTime: Duration | null;
  readonly endTime: Duration | null;
  readonly speakerTag: number;
}
interface WordV2 extends WordInfo {
  readonly startOffset: Duration | null;
  readonly endOffset: Duration | null;
}
interface ResponseV1 {
  readonly results: readonly (Result<WordV1> & { readonly resultEndTime: Duration })[];
  readonly error: null;
  readonly speechEventType: 'SPEECH_EVENT_UNSPECIFIED' | SpeechEvent;
  readonly totalBilledTime: Duration | null;
  readonly speechEventTime: Duration | null;
  readonly speechAdaptationInfo: null;
  readonly requestId: string;
}
interface ResponseV2 {
  readonly results: readonly (Result<WordV2> & { readonly resultEndOffset: Duration })[];
  readonly speechEventType: 'SPEECH_EVENT_TYPE_UNSPECIFIED' | SpeechEvent;
  readonly metadata: {
    readonly totalBilledDuration: Duration | null;
    readonly requestId: string;
    readonly prompt?: string;
  };
  readonly speechEventOffset: Duration | null;
}
export type Response = ResponseV1 | ResponseV2;

/** What every response of a stream has in common. */
export interface Form {
  readonly ask: Ask;
  /** Digits for v1, a UUID for v2. */
  readonly requestId: string;
  /** All times are rounded to a multiple of this. Google's first models gave 100. */
  readonly timeStepMs: number;
}

/** The last response of a stream. */
export interface Billed {
  readonly kind: 'billed';
  readonly billedMs: number;
}

/** As Google's own, a constant: nothing here is uncertain. */
const CONFIDENCE = Math.fround(0.95);

/** `wordsBefore`: this stream has said words before, so text starts with a space. */
export function responseOf(reply: Reply | Billed, form: Form, wordsBefore: boolean): Response {
  return form.ask.version === 'v1'
    ? responseV1(reply, form, wordsBefore)
    : responseV2(reply, form, wordsBefore);
}

function responseV1(reply: Reply | Billed, form: Form, wordsBefore: boolean): ResponseV1 {
  const portions = reply.kind === 'results' ? reply.portions : [];
  return {
    results: portions.map((portion, i) => ({
      ...resultOf(portion, form, wordsBefore || i > 0, (word, times) => ({
        startTime: times ? timeOf(word.startSample, form) : null,
        endTime: times ? timeOf(word.endSample, form) : null,
        ...wordOf(word, form),
        speakerTag: 0,
      })),
      resultEndTime: timeOf(portion.endSample, form),
      languageCode: form.ask.language.toLowerCase(), // v1 answers 'en-us' to 'en-US'
    })),
    error: null,
    speechEventType: reply.kind === 'activity' ? EVENTS[reply.event] : 'SPEECH_EVENT_UNSPECIFIED',
    totalBilledTime: reply.kind === 'billed' ? durationOf(reply.billedMs) : null,
    speechEventTime: reply.kind === 'activity' ? timeOf(reply.atSample, form) : null,
    speechAdaptationInfo: null,
    requestId: form.requestId,
  };
}

function responseV2(reply: Reply | Billed, form: Form, wordsBefore: boolean): ResponseV2 {
  const portions = reply.kind === 'results' ? reply.portions : [];
  return {
    results: portions.map((portion, i) => ({
      ...resultOf(portion, form, wordsBefore || i > 0, (word, times) => ({
        startOffset: times ? timeOf(word.startSample, form) : null,
        endOffset: times ? timeOf(word.endSample, form) : null,
        ...wordOf(word, form),
      })),
      resultEndOffset: timeOf(portion.endSample, form),
      languageCode: form.ask.language,
    })),
    speechEventType:
      reply.kind === 'activity' ? EVENTS[reply.event] : 'SPEECH_EVENT_TYPE_UNSPECIFIED',
    metadata: {
      totalBilledDuration: reply.kind === 'billed' ? durationOf(reply.billedMs) : null,
      requestId: form.requestId,
    },
    speechEventOffset: reply.kind === 'activity' ? timeOf(reply.atSample, form) : null,
  };
}

const EVENTS = { begin: 'SPEECH_ACTIVITY_BEGIN', end: 'SPEECH_ACTIVITY_END' } as const;

function resultOf<Word>(
  portion: Portion,
  { ask }: Form,
  spaced: boolean,
  toWord: (word: PlacedWord, times: boolean) => Word,
): Result<Word> {
  const text = portion.words.map(({ number }) => number).join(' ');
  // Words come with finals, and only when their times or confidences are asked for.
  const words = portion.final && (ask.wordTimes || ask.wordConfidence) ? portion.words : [];
  return {
    alternatives: [
      {
        words: words.map((word) => toWord(word, ask.wordTimes)),
        // Google's texts join without a separator: all but a stream's first start with a space.
        transcript: spaced ? ` ${text}` : text,
        confidence: portion.final ? CONFIDENCE : 0,
      },
    ],
    isFinal: portion.final,
    stability: Math.fround(portion.stability),
    channelTag: 0,
    languageCode: '',
  };
}

function wordOf(word: PlacedWord, { ask }: Form): WordInfo {
  return {
    word: String(word.number),
    confidence: ask.wordConfidence ? CONFIDENCE : 0,
    speakerLabel: '',
  };
}

function timeOf(sample: number, { ask, timeStepMs }: Form): Duration {
  const ms = (sample * 1000) / ask.sampleRateHertz;
  return durationOf(Math.round(ms / timeStepMs) * timeStepMs);
}

function durationOf(ms: number): Duration {
  const whole = Math.floor(ms / 1000);
  return { seconds: String(whole), nanos: Math.round((ms - whole * 1000) * 1e6) };
}
