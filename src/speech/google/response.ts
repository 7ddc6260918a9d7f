/**
 * Response: what Google says, in one form for v1 and v2 (pure).
 *
 * Whatever is not set is null, zero or empty. In the library's objects 64-bit numbers are strings and enums
 * names; in the decoder's they are Longs and numbers. Places are samples from the first one that was sent.
 */

/** A word or result without a time has no place. */
type Place = number | undefined;

export interface SaidWord {
  readonly text: string;
  readonly from: Place;
  readonly end: Place;
  /** 0..1; absent when Google gave none. */
  readonly confidence?: number;
}

interface SaidReading {
  readonly text: string;
  readonly confidence?: number;
}

export interface SaidFinal extends SaidReading {
  readonly end: Place;
  readonly words: readonly SaidWord[];
  /** Other readings than the best. */
  readonly others: readonly SaidReading[];
  /** As Google writes it, which may be in lower case. */
  readonly language: string | undefined;
}

/** The live line: all that isn't final yet. */
export interface SaidInterim {
  readonly text: string;
  readonly end: Place;
  readonly stability?: number;
}

export interface Said {
  readonly finals: readonly SaidFinal[];
  readonly interim: SaidInterim | undefined;
  readonly activity: { readonly event: 'begin' | 'end'; readonly place: Place } | undefined;
  /** Only in the last response of a stream. */
  readonly billedMs: number | undefined;
  /** v1 may say in a response how the stream has failed. */
  readonly failure: { readonly code: number; readonly text: string } | undefined;
}

type Maybe<T> = T | null | undefined;

interface RawDuration {
  readonly seconds?: Maybe<string | number | { toNumber(): number }>;
  readonly nanos?: Maybe<number>;
}
interface RawWord {
  readonly word?: Maybe<string>;
  readonly confidence?: Maybe<number>;
  readonly startTime?: Maybe<RawDuration>;
  readonly endTime?: Maybe<RawDuration>;
  readonly startOffset?: Maybe<RawDuration>;
  readonly endOffset?: Maybe<RawDuration>;
}
interface RawReading {
  readonly transcript?: Maybe<string>;
  readonly confidence?: Maybe<number>;
  readonly words?: Maybe<readonly RawWord[]>;
}
interface RawResult {
  readonly alternatives?: Maybe<readonly RawReading[]>;
  readonly isFinal?: Maybe<boolean>;
  readonly stability?: Maybe<number>;
  readonly resultEndTime?: Maybe<RawDuration>;
  readonly resultEndOffset?: Maybe<RawDuration>;
  readonly languageCode?: Maybe<string>;
}
interface RawResponse {
  readonly results?: Maybe<readonly RawResult[]>;
  readonly error?: Maybe<{ readonly code?: Maybe<number>; readonly message?: Maybe<string> }>;
  readonly speechEventType?: Maybe<string | number>;
  readonly speechEventTime?: Maybe<RawDuration>;
  readonly speechEventOffset?: Maybe<RawDuration>;
  readonly totalBilledTime?: Maybe<RawDuration>;
  readonly metadata?: Maybe<{ readonly totalBilledDuration?: Maybe<RawDuration> }>;
}

/** By name, and by number, which is the same in v1 and v2. */
const ACTIVITY: { readonly [type: string | number]: 'begin' | 'end' } = {
  SPEECH_ACTIVITY_BEGIN: 'begin',
  SPEECH_ACTIVITY_END: 'end',
  2: 'begin',
  3: 'end',
};

/** Reads one response, whatever of it is missing. */
export function read(response: object, sampleRateHertz: number): Said {
  const raw: RawResponse = response;
  const event = ACTIVITY[raw.speechEventType ?? ''];
  const at = raw.speechEventTime ?? raw.speechEventOffset;
  const billed = raw.totalBilledTime ?? raw.metadata?.totalBilledDuration;
  const code = raw.error?.code ?? 0;
  return {
    ...resultsOf(raw, sampleRateHertz),
    activity: event && { event, place: placeOf(at, sampleRateHertz) },
    billedMs: billed ? placeOf(billed, 1_000) : undefined,
    failure: code === 0 ? undefined : { code, text: raw.error?.message ?? '' },
  };
}

function resultsOf({ results }: RawResponse, rate: number): Pick<Said, 'finals' | 'interim'> {
  const finals: SaidFinal[] = [];
  const tails: RawResult[] = [];
  for (const result of results ?? []) {
    if (result.isFinal === true) finals.push(finalOf(result, rate));
    else tails.push(result);
  }
  return { finals, interim: tails.length > 0 ? interimOf(tails, rate) : undefined };
}

function finalOf(result: RawResult, rate: number): SaidFinal {
  const [best, ...others] = result.alternatives ?? [];
  return {
    ...readingOf(best ?? {}),
    end: endOf(result, rate),
    words: (best?.words ?? []).map((word) => wordOf(word, rate)),
    others: others.map(readingOf),
    language: result.languageCode || undefined,
  };
}

/** At most one final comes with several tails: together they are the live line. */
function interimOf(tails: readonly RawResult[], rate: number): SaidInterim | undefined {
  const text = tails
    .map(({ alternatives }) => alternatives?.[0]?.transcript ?? '')
    .join('')
    .trim();
  if (text === '') return undefined;
  // 0 is "not set". The line stays as it is only if all of it does.
  const stabilities = tails.flatMap(({ stability }) => (stability ? [stability] : []));
  const last = tails.at(-1) ?? {};
  return {
    text,
    end: endOf(last, rate),
    ...(stabilities.length > 0 && { stability: rounded(Math.min(...stabilities)) }),
  };
}

function endOf({ resultEndTime, resultEndOffset }: RawResult, rate: number): Place {
  return placeOf(resultEndTime ?? resultEndOffset, rate);
}

function readingOf({ transcript, confidence }: RawReading): SaidReading {
  return {
    text: (transcript ?? '').trim(),
    ...(confidence && { confidence: rounded(confidence) }),
  };
}

function wordOf(raw: RawWord, rate: number): SaidWord {
  const text = (raw.word ?? '').trim();
  const from = placeOf(raw.startTime ?? raw.startOffset, rate);
  const end = placeOf(raw.endTime ?? raw.endOffset, rate);
  return raw.confidence
    ? { text, from, end, confidence: rounded(raw.confidence) }
    : { text, from, end };
}

function placeOf(duration: Maybe<RawDuration>, rate: number): Place {
  if (!duration) return undefined;
  const { seconds, nanos } = duration;
  const whole = typeof seconds === 'object' ? (seconds?.toNumber() ?? 0) : Number(seconds ?? 0);
  return Math.round(whole * rate + ((nanos ?? 0) * rate) / 1e9);
}

/** Google's floats have 32 bits: 0.95 would read 0.949999988. */
function rounded(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}
