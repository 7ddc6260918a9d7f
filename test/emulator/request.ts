/**
 * Request: what a client asks for, read from v1 and v2 messages into one form.
 *
 * Messages come as the client wrote them or as protobuf decoded them: fields may be missing, null or
 * default, and enums are names or numbers. Answers a Status when Google would say no.
 */
import type { EndName, Limits, Status, Version } from './limits.ts';
import { ENDS } from './limits.ts';

export interface Ask {
  readonly version: Version;
  readonly encoding: 'LINEAR16' | 'MULAW';
  readonly sampleRateHertz: number;
  readonly channels: number;
  readonly language: string;
  readonly interim: boolean;
  readonly activity: boolean;
  readonly wordTimes: boolean;
  readonly wordConfidence: boolean;
}

interface Fields {
  readonly [name: string]: unknown;
}

/** The encodings that the emulator can hear, by name and by number. */
const ENCODINGS = {
  v1: { LINEAR16: 'LINEAR16', 1: 'LINEAR16', MULAW: 'MULAW', 3: 'MULAW' },
  v2: { LINEAR16: 'LINEAR16', 1: 'LINEAR16', MULAW: 'MULAW', 2: 'MULAW' },
} as const satisfies Record<Version, Record<string, Ask['encoding']>>;

/** What a refused request answers with. */
export function isStatus(read: object): read is Status {
  return 'code' in read;
}

/** Reads the first message. */
export function readConfig(version: Version, message: unknown, limits: Limits): Ask | Status {
  const { streamingConfig, recognizer } = fields(message);
  if (streamingConfig === undefined || streamingConfig === null) return no(version, 'config-first');
  if (version === 'v1') return checked(readV1(fields(streamingConfig)), limits);
  const named = /^projects\/[^/]+\/locations\/[^/]+\/recognizers\/[^/]+$/.test(String(recognizer));
  if (!named) return no(version, 'recognizer');
  return checked(readV2(fields(streamingConfig)), limits);
}

/** Reads any later message. */
export function readAudio(version: Version, message: unknown): Uint8Array | Status {
  const audio = fields(message)[version === 'v1' ? 'audioContent' : 'audio'];
  return audio instanceof Uint8Array ? audio : no(version, 'audio-next');
}

type Draft = Omit<Ask, 'encoding'> & {
  readonly encoding: Ask['encoding'] | undefined;
  /** Empty where none is named. */
  readonly model: string;
};

function readV1(streaming: Fields): Draft {
  const config = fields(streaming['config']);
  return {
    version: 'v1',
    encoding: encodingOf('v1', config['encoding']),
    sampleRateHertz: Number(config['sampleRateHertz'] ?? 0),
    channels: Number(config['audioChannelCount'] || 1),
    language: String(config['languageCode'] ?? ''),
    model: String(config['model'] ?? ''),
    interim: streaming['interimResults'] === true,
    activity: streaming['enableVoiceActivityEvents'] === true,
    wordTimes: config['enableWordTimeOffsets'] === true,
    wordConfidence: isTrue(config['enableWordConfidence']),
  };
}

function readV2(streaming: Fields): Draft {
  const config = fields(streaming['config']);
  const decoding = fields(config['explicitDecodingConfig']);
  const features = fields(config['features']);
  const live = fields(streaming['streamingFeatures']);
  const languages = config['languageCodes'];
  return {
    version: 'v2',
    encoding: encodingOf('v2', decoding['encoding']),
    sampleRateHertz: Number(decoding['sampleRateHertz'] ?? 0),
    channels: Number(decoding['audioChannelCount'] ?? 0),
    // A recognizer may name the language, so v2 can do without.
    language: String(Array.isArray(languages) && languages.length > 0 ? languages[0] : 'en-US'),
    model: String(config['model'] ?? ''),
    interim: live['interimResults'] === true,
    activity: live['enableVoiceActivityEvents'] === true,
    wordTimes: features['enableWordTimeOffsets'] === true,
    wordConfidence: features['enableWordConfidence'] === true,
  };
}

function checked(draft: Draft, limits: Limits): Ask | Status {
  const { version, encoding, sampleRateHertz: rate, channels } = draft;
  if (encoding === undefined) return no(version, 'encoding');
  if (!(rate >= limits.sampleRateHertzMin && rate <= limits.sampleRateHertzMax)) {
    return no(version, 'sample-rate');
  }
  if (!(channels >= 1 && channels <= limits.channelsMax)) {
    const { code, text } = ENDS[version].channels;
    return { code, text: text.replace(' 0.', ` ${channels}.`) };
  }
  if (draft.language === '') return no(version, 'language');
  if (draft.model === 'chirp_3' && draft.wordTimes) return CHIRP_WORDS;
  return { ...draft, encoding };
}

/** As clients report it; its code is a guess. */
const CHIRP_WORDS: Status = {
  code: 'INVALID_ARGUMENT',
  text: 'Chirp 3 only supports word timestamps in Recognize and BatchRecognize requests.',
};

function no(version: Version, end: EndName): Status {
  return ENDS[version][end];
}

function encodingOf(version: Version, given: unknown): Ask['encoding'] | undefined {
  const known: Readonly<Record<string, Ask['encoding']>> = ENCODINGS[version];
  return known[String(given)];
}

/** A wrapped boolean is itself, or an object around it. */
function isTrue(given: unknown): boolean {
  return given === true || fields(given)['value'] === true;
}

function fields(given: unknown): Fields {
  return typeof given === 'object' && given !== null
    ? Object.fromEntries(Object.entries(given))
    : {};
}
