import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../../src/wire/audio.ts';
import { contentOf } from '../../src/wire/audio-text.ts';

/** What `text` says by JSON's own rules; undefined where it is none. */
function meaningOf(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

describe('contentOf()', () => {
  it.each([
    '{"type":"audio","content":"QUJD"}',
    '{"type": "audio", "content": "QUJD"}',
    '{ "type": "audio", "content": "QUJD"}',
  ])('finds it in %s', (text) => {
    expect(contentOf(text)).toBe('QUJD');
  });

  it.each([
    '{"content":"QUJD","type":"audio"}',
    '{"type":"audio","content":"QUJD","audio_id":"7"}',
    '{"type":"audio","content":"QUJ\\u0044"}',
    '{"type":"audio","content":"}',
    '{"type":"audio","content":"QUJD"',
    '{"type":"finish","content":"QUJD"}',
  ])('leaves %s to the parser', (text) => {
    expect(contentOf(text)).toBeUndefined();
  });

  it('means what the JSON means, or what is no base64 either', () => {
    const pieces = [
      'AAAA',
      'A=',
      '"',
      '\\',
      '\\"',
      '\\u0041',
      '","audio_id":"7',
      '\n',
      '"}',
      'é',
      'Ł',
    ];
    const inside = fc.array(fc.constantFrom(...pieces)).map((each) => each.join(''));
    fc.assert(
      fc.property(inside, (wild) => {
        const text = `{"type":"audio","content":"${wild}"}`;
        const content = contentOf(text);
        if (content === undefined) return;
        const meant = meaningOf(text);
        if (meant !== undefined) expect({ type: 'audio', content }).toEqual(meant);
        else expect(decodeBase64(content)).toMatchObject({ code: 'bad_audio' });
      }),
      { numRuns: 2_000 },
    );
  });
});
