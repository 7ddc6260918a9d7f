import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/wire/fault.ts';
import { isFault } from '../../src/wire/fault.ts';
import { parseMessage } from '../../src/wire/message.ts';

const START = { type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000 } as const;
const DEFAULTS = {
  channels: 1,
  interim: true,
  words: false,
  punctuation: true,
  alternatives: 1,
  profanityFilter: false,
  phrases: [],
};

function parse(message: unknown): object {
  return parseMessage(JSON.stringify(message));
}

function faultOf(message: unknown): Fault {
  const answer = parse(message);
  if (!isFault(answer)) throw new Error(`taken: ${JSON.stringify(answer)}`);
  return answer;
}

/** A field, a value that it can't have, and the sentence that says so. */
type Wrong = readonly [field: string, is: string, value: unknown, expected: string];

const LONG = 'x'.repeat(129);
const SHOWN = `'${'x'.repeat(40)}…'`;

const WRONG_START: readonly Wrong[] = [
  ['encoding', 'absent', undefined, 'LINEAR16 or MULAW'],
  ['encoding', '1', 1, 'LINEAR16 or MULAW'],
  ['encoding', "'linear16'", 'linear16', 'LINEAR16 or MULAW'],
  ['sampleRateHertz', 'absent', undefined, 'a number'],
  ['sampleRateHertz', "'16000'", '16000', 'a number'],
  ['sampleRateHertz', 'null', null, 'a number'],
  ['sampleRateHertz', '16000.5', 16_000.5, 'an integer'],
  ['sampleRateHertz', '7999', 7_999, 'at least 8000'],
  ['sampleRateHertz', '48001', 48_001, 'at most 48000'],
  ['sampleRateHertz', '100000000000000000000', 1e20, 'at most 48000'],
  ['sampleRateHertz', '-100000000000000000000', -1e20, 'at least 8000'],
  ['channels', '2', 2, '1'],
  ['channels', '0', 0, '1'],
  ['channels', "'1'", '1', '1'],
  ['language', '5', 5, 'a string'],
  ['language', "''", '', 'a language tag such as en-US'],
  ['language', "'x'", 'x', 'a language tag such as en-US'],
  ['language', "'en US'", 'en US', 'a language tag such as en-US'],
  ['language', "'en?level=error'", 'en\nlevel=error', 'a language tag such as en-US'],
  ['language', `'${'x'.repeat(36)}'`, 'x'.repeat(36), 'a language tag such as en-US'],
  ['languages', "'en-US'", 'en-US', 'an array'],
  ['languages', 'an array', [], 'at least 1 elements'],
  ['languages', 'an array', ['aa', 'bb', 'cc', 'dd', 'ee'], 'at most 4 elements'],
  ['interim', "'true'", 'true', 'a boolean'],
  ['words', '1', 1, 'a boolean'],
  ['punctuation', 'null', null, 'a boolean'],
  ['profanityFilter', 'an object', {}, 'a boolean'],
  ['alternatives', '0', 0, 'at least 1'],
  ['alternatives', '31', 31, 'at most 30'],
  ['alternatives', '1.5', 1.5, 'an integer'],
  ['phrases', 'an object', {}, 'an array'],
  ['phrases', 'an array', Array(501).fill({ text: 'a' }), 'at most 500 elements'],
  ['model', "''", '', 'at least 1 characters'],
  ['model', SHOWN, LONG, 'at most 64 characters'],
  ['model', 'true', true, 'a string'],
];

const WRONG_OTHERS: readonly (readonly [type: string, ...Wrong])[] = [
  ['audio', 'content', 'absent', undefined, 'a string'],
  ['audio', 'content', 'an array', [1, 2], 'a string'],
  ['audio', 'audio_id', '7', 7, 'a string'],
  ['audio', 'audio_id', "''", '', 'at least 1 characters'],
  ['audio', 'audio_id', SHOWN, LONG, 'at most 128 characters'],
  ['gap', 'ms', 'absent', undefined, 'a number'],
  ['gap', 'ms', "'5'", '5', 'a number'],
  ['gap', 'ms', '0', 0, 'at least 1'],
  ['gap', 'ms', '0.5', 0.5, 'an integer'],
  ['gap', 'ms', '86400001', 86_400_001, 'at most 86400000'],
  ['gap', 'frames', '0', 0, 'at least 1'],
  ['gap', 'frames', '1000001', 1_000_001, 'at most 1000000'],
  ['gap', 'frames', 'null', null, 'a number'],
];

/** Whole messages of the others, so that one field at a time is wrong. */
const WHOLE: { readonly [type: string]: object } = {
  audio: { type: 'audio', content: '' },
  gap: { type: 'gap', ms: 5 },
};

describe('parseMessage() of start', () => {
  it('fills in the defaults of the protocol', () => {
    expect(parse(START)).toEqual({ ...START, ...DEFAULTS });
  });

  it.each(WRONG_START)('refuses a %s that is %s', (field, is, value, expected) => {
    expect(faultOf({ ...START, [field]: value })).toEqual({
      code: 'bad_config',
      message: `start.${field} is ${is}, expected ${expected}`,
      field: `start.${field}`,
    });
  });

  it('names the place inside a list', () => {
    const inPhrases = (phrase: unknown): string =>
      faultOf({ ...START, phrases: [{ text: 'a' }, phrase] }).message;
    expect(inPhrases('a')).toBe("start.phrases.1 is 'a', expected an object");
    expect(inPhrases({ boost: 1 })).toBe('start.phrases.1.text is absent, expected a string');
    expect(inPhrases({ text: 'a', boost: 21 })).toBe(
      'start.phrases.1.boost is 21, expected at most 20',
    );
    expect(inPhrases({ text: 'a', bost: 2 })).toContain("start.phrases.1 has the unknown field 'b");
    expect(faultOf({ ...START, languages: ['en-US', 3] }).field).toBe('start.languages.1');
  });

  it.each(['FLAC', 'AMR', 'AMR_WB', 'OGG_OPUS', 'WEBM_OPUS', 'OPUS'])(
    'refuses the reserved encoding %s and says what works',
    (encoding) => {
      const { code, message } = faultOf({ ...START, encoding });
      expect(code).toBe('bad_config');
      expect(message).toBe(`start.encoding is '${encoding}', expected LINEAR16 or MULAW`);
    },
  );

  it('refuses a language together with languages', () => {
    const { code, field } = faultOf({ ...START, language: 'en-US', languages: ['de-DE'] });
    expect({ code, field }).toEqual({ code: 'bad_config', field: 'start.languages' });
  });

  it.each(['resumee', 'toString', '__proto__', 'code'])('refuses the unknown field %s', (key) => {
    const text = `${JSON.stringify(START).slice(0, -1)},${JSON.stringify(key)}:1}`;
    expect(parseMessage(text)).toEqual({
      code: 'bad_config',
      message: `start has the unknown field '${key}', expected the fields of PROTOCOL.md`,
      field: 'start',
    });
  });
});

describe('parseMessage() of other messages', () => {
  it.each(WRONG_OTHERS)('refuses %s.%s that is %s', (type, field, is, value, expected) => {
    expect(faultOf({ ...WHOLE[type], [field]: value })).toEqual({
      code: 'bad_message',
      message: `${type}.${field} is ${is}, expected ${expected}`,
      field: `${type}.${field}`,
    });
  });

  it('ignores fields that it does not know, even those that look like a fault', () => {
    const odd = { code: 'internal', message: 'x', toString: 1 };
    expect(parse({ type: 'finish', ...odd })).toEqual({ type: 'finish' });
    expect(parse({ type: 'gap', ms: 5, ...odd })).toEqual({ type: 'gap', ms: 5, frames: 1 });
  });

  it.each(['hello', 'constructor', '__proto__', '', 5, null, undefined, ['start']])(
    'refuses the type %j and names those there are',
    (type) => {
      const { code, message, field } = faultOf({ type });
      expect({ code, field }).toEqual({ code: 'bad_message', field: 'type' });
      expect(message).toContain('expected one of start, audio, finalize, gap, finish, keepalive');
    },
  );

  it.each(['', '{', 'null', '1', '"start"', '[]', '[{"type":"finish"}]', '{"__proto__":{}}'])(
    'refuses the text %s',
    (text) => {
      expect(parseMessage(text)).toMatchObject({ code: 'bad_message' });
    },
  );
});

describe('parseMessage() of anything', () => {
  const WILD = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
  const START_FIELDS = fc.record(
    {
      channels: fc.constant(1),
      interim: fc.boolean(),
      words: fc.boolean(),
      punctuation: fc.boolean(),
      alternatives: fc.integer({ min: 1, max: 30 }),
      profanityFilter: fc.boolean(),
      phrases: fc.array(
        fc.record({
          text: fc.string({ minLength: 1, maxLength: 100 }),
          boost: fc.double({ min: 0, max: 20, noNaN: true }).map((boost) => boost + 0),
        }),
        { maxLength: 5 },
      ),
    },
    { requiredKeys: [] },
  );
  const SPOKEN = fc.constantFrom(
    {},
    { language: 'en-US' },
    { languages: ['cmn-Hans-CN', 'de'] },
    { language: 'en', model: 'latest_long' },
  );
  const VALID = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('LINEAR16', 'MULAW'),
        fc.integer({ min: 8_000, max: 48_000 }),
        START_FIELDS,
        SPOKEN,
      )
      .map(([encoding, sampleRateHertz, fields, spoken]) => ({
        ...DEFAULTS,
        ...fields,
        ...spoken,
        type: 'start',
        encoding,
        sampleRateHertz,
      })),
    fc.record(
      {
        type: fc.constant('audio'),
        content: fc.string(),
        audio_id: fc.string({ minLength: 1, maxLength: 128 }),
      },
      { requiredKeys: ['type', 'content'] },
    ),
    fc.record({
      type: fc.constant('gap'),
      ms: fc.integer({ min: 1, max: 86_400_000 }),
      frames: fc.integer({ min: 1, max: 1_000_000 }),
    }),
    fc.record({ type: fc.constantFrom('finalize', 'finish', 'keepalive') }),
  );

  it('gives back every valid message as it was', () => {
    fc.assert(
      fc.property(VALID, (message) => {
        expect(parse(message)).toEqual(message);
      }),
    );
  });

  it('never throws, and answers one line that no terminal can be steered by', () => {
    const types = fc.constantFrom('start', 'audio', 'gap', 'finish', 'nothing');
    const text = fc.oneof(
      WILD,
      fc.json(),
      fc
        .tuple(types, fc.dictionary(WILD, fc.jsonValue()))
        .map(([type, fields]) => JSON.stringify({ ...fields, type })),
    );
    fc.assert(
      fc.property(text, (wild) => {
        const answer = parseMessage(wild);
        if (!isFault(answer)) return;
        expect(answer.message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(answer.message.length).toBeLessThan(200);
      }),
      { numRuns: 500 },
    );
  });

  it('lets no text of a device forge a line of a log', () => {
    const forged = `x\r\n{"level":"error"}\u001b[2J\u2028\u202e${'y'.repeat(10_000)}`;
    const start = { ...START };
    for (const message of [
      { type: forged },
      { ...start, encoding: forged },
      { ...start, language: forged },
      { ...start, model: forged },
      { ...start, [forged]: 1 },
      { ...start, phrases: [{ text: 'a', [forged]: 1 }] },
      { ...start, phrases: [{ text: forged }] },
      { type: 'audio', content: '', audio_id: forged },
    ]) {
      const { message: sentence, field } = faultOf(message);
      expect(sentence).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(sentence.length).toBeLessThan(200);
      expect(field).toMatch(/^[\w.]+$/);
    }
  });

  it('survives nesting as deep as a message can be', () => {
    const deep = '['.repeat(45_000) + ']'.repeat(45_000);
    expect(parseMessage(deep)).toMatchObject({ code: 'bad_message' });
    expect(parseMessage(`{"type":"finish","a":${deep}}`)).toEqual({ type: 'finish' });
    expect(parseMessage(`${JSON.stringify(START).slice(0, -1)},"model":${deep}}`)).toMatchObject({
      code: 'bad_config',
    });
  });
});
