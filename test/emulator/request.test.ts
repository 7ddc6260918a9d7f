import { describe, expect, it } from 'vitest';
import { ENDS, VERSIONS } from './limits.ts';
import { RATE, Rig, requestFor } from './rig.ts';

describe.each(VERSIONS)('a request of %s', (version) => {
  it('is refused when it comes first and is no config', async () => {
    const rig = new Rig();
    const audio =
      version === 'v1' ? { audioContent: new Uint8Array(2) } : { audio: new Uint8Array(2) };
    const { heard } = rig.open(version, audio);
    await rig.clock.advance(10);
    expect(heard.end).toEqual({ code: 3, text: ENDS[version]['config-first'].text });
  });

  it('is missed at a half-close', async () => {
    const rig = new Rig();
    const stream = rig.emulator.open(version, 1, {
      send: () => expect.unreachable(),
      end: ({ text }) => ends.push(text),
      link: () => expect.unreachable(),
    });
    const ends: string[] = [];
    stream.start();
    stream.halfClose();
    await rig.clock.advance(10);
    expect(ends).toEqual([ENDS[version]['config-first'].text]);
  });

  it("refuse a second config, and audio under the other version's name", async () => {
    const rig = new Rig();
    const wrong =
      version === 'v1' ? { audio: new Uint8Array(2) } : { audioContent: new Uint8Array(2) };
    for (const second of [requestFor(version), wrong, {}]) {
      const ends: string[] = [];
      const stream = rig.emulator.open(version, 1, {
        send: () => expect.unreachable(),
        end: ({ text }) => ends.push(text),
        link: () => expect.unreachable(),
      });
      stream.start();
      stream.message(requestFor(version));
      stream.message(second);
      await rig.clock.advance(10);
      expect(ends).toEqual([ENDS[version]['audio-next'].text]);
    }
  });

  it('is refused for times of words by the model that has none in a stream', async () => {
    const rig = new Rig();
    const request = JSON.parse(JSON.stringify(requestFor(version)));
    request.streamingConfig.config.model = 'chirp_3';
    const { heard } = rig.open(version, request);
    await rig.clock.advance(10);
    expect(heard.end).toMatchObject({ code: 3, text: expect.stringMatching(/^Chirp 3 only/) });
  });

  it('is refused with a config that Google would refuse', async () => {
    const rig = new Rig();
    const refusal = async (change: (config: Record<string, unknown>) => void): Promise<string> => {
      const request = JSON.parse(JSON.stringify(requestFor(version)));
      const { config } = request.streamingConfig;
      change(version === 'v1' ? config : config.explicitDecodingConfig);
      const { heard } = rig.open(version, request);
      await rig.clock.advance(10);
      expect(heard.end?.code).toBe(3);
      return heard.end?.text ?? '';
    };
    const set = (field: string, value: unknown) => (config: Record<string, unknown>) => {
      config[field] = value;
    };
    const ends = ENDS[version];
    expect(await refusal(set('encoding', 'FLAC'))).toBe(ends.encoding.text);
    expect(await refusal(set('encoding', undefined))).toBe(ends.encoding.text);
    expect(await refusal(set('sampleRateHertz', 7_999))).toBe(ends['sample-rate'].text);
    expect(await refusal(set('sampleRateHertz', 48_001))).toBe(ends['sample-rate'].text);
    expect(await refusal(set('audioChannelCount', 9))).toContain('channel');
  });
});

describe('v2 alone', () => {
  it('wants a recognizer by its full name', async () => {
    const rig = new Rig();
    const { heard } = rig.open('v2', { ...requestFor('v2'), recognizer: '' });
    await rig.clock.advance(10);
    expect(heard.end).toEqual({ code: 3, text: ENDS.v2.recognizer.text });
  });

  it('wants the count of channels', async () => {
    const rig = new Rig();
    const config = { explicitDecodingConfig: { encoding: 'LINEAR16', sampleRateHertz: RATE } };
    const request = { ...requestFor('v2'), streamingConfig: { config } };
    const { heard } = rig.open('v2', request);
    await rig.clock.advance(10);
    expect(heard.end).toEqual({ code: 3, text: ENDS.v2.channels.text });
  });
});

describe('v1 alone', () => {
  it('wants a language', async () => {
    const rig = new Rig();
    const config = { encoding: 'LINEAR16', sampleRateHertz: RATE };
    const { heard } = rig.open('v1', { streamingConfig: { config } });
    await rig.clock.advance(10);
    expect(heard.end).toEqual({ code: 3, text: ENDS.v1.language.text });
  });
});
