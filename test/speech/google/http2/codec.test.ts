import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODECS } from '../../../../src/speech/google/http2/codec.ts';
import { Parcels } from '../../../../src/speech/google/http2/parcels.ts';
import { openingOf } from '../../../../src/speech/google/request.ts';
import { read } from '../../../../src/speech/google/response.ts';
import { VERSIONS } from '../../../emulator/limits.ts';
import type { Method } from '../../../emulator/protos.ts';
import { loadMethods, responseDecoder } from '../../../emulator/protos.ts';
import { CONFIG } from '../rigs.ts';

const METHODS: { map: ReadonlyMap<string, Method> | undefined } = { map: undefined };

/** The messages as the library itself codes them. */
function methodOf(path: string): Method {
  METHODS.map ??= loadMethods();
  const method = METHODS.map.get(path);
  if (method === undefined) throw new Error(`there is no method ${path}`);
  return method;
}

const TEXT = fc.string({ maxLength: 10 });
const SHARE = fc.constantFrom(0, 0.5, 0.95);
const DURATION = fc.option(
  fc.record({ seconds: fc.constantFrom('0', '1', '9007199254740993'), nanos: fc.nat(999_999_999) }),
);
const READING = fc.record({
  transcript: TEXT,
  confidence: SHARE,
  words: fc.array(
    fc.record({
      word: TEXT,
      confidence: SHARE,
      startTime: DURATION,
      endTime: DURATION,
      startOffset: DURATION,
      endOffset: DURATION,
    }),
    { maxLength: 3 },
  ),
});
/** Fields of both versions: each codes those it has. */
const RESPONSE = fc.record(
  {
    results: fc.array(
      fc.record({
        alternatives: fc.array(READING, { maxLength: 2 }),
        isFinal: fc.boolean(),
        stability: SHARE,
        resultEndTime: DURATION,
        resultEndOffset: DURATION,
        channelTag: fc.nat(8),
        languageCode: TEXT,
      }),
      { maxLength: 3 },
    ),
    error: fc.option(fc.record({ code: fc.nat(16), message: TEXT })),
    speechEventType: fc.constantFrom(0, 1, 2, 3, 77),
    speechEventTime: DURATION,
    speechEventOffset: DURATION,
    totalBilledTime: DURATION,
    requestId: fc.constantFrom('0', '9007199254740993'),
    metadata: fc.option(fc.record({ requestId: TEXT, totalBilledDuration: DURATION })),
  },
  { requiredKeys: [] },
);

describe.each(VERSIONS)('CODECS.%s', (version) => {
  const { path, decode, frameOfFirst, audioTag } = CODECS[version];

  it('decodes every response to what the library reads in it', () => {
    const reference = responseDecoder(version);
    fc.assert(
      fc.property(RESPONSE, (response) => {
        const bytes = methodOf(path).encode(response);
        expect(read(decode(bytes), 16_000)).toEqual(read(reference(bytes), 16_000));
      }),
    );
  });

  it('throws on what is no response', () => {
    expect(() => decode(Buffer.from([0xff, 0xff, 0xff]))).toThrow();
  });

  it('writes the first message so that the server reads what was asked', () => {
    const account = { version, project: 'p', location: 'global', model: undefined };
    const phrases = [{ text: 'Earshot', boost: 10 }];
    const { first } = openingOf(account, { ...CONFIG, phrases });
    expect(methodOf(path).decode(frameOfFirst(first).subarray(5))).toMatchObject(first);
  });

  it.each([0, 1, 127, 128, 3_200, 15_360])('writes %i bytes of audio so', (bytes) => {
    const audio = Buffer.alloc(bytes, 9);
    const { frame } = new Parcels().pack(audioTag, audio);
    const request = methodOf(path).decode(frame.subarray(5));
    const field = version === 'v1' ? 'audioContent' : 'audio';
    expect(request).toMatchObject({ [field]: audio, streamingRequest: field });
  });
});
