import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { choose, load } from '../../src/speech/choose.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const ENV = { HOME: '/nowhere' };

function choice(settings: Record<string, string>, env = ENV) {
  return choose(readConfig(settings), env);
}

describe('choose()', () => {
  it('takes the embedded one where there are no credentials, and says so', () => {
    expect(choice({})).toMatchObject({
      name: 'embedded',
      why: 'no credentials of Google were found',
    });
    expect(choice({ EARSHOT_RECOGNIZER: 'embedded' })).toMatchObject({
      why: 'EARSHOT_RECOGNIZER says so',
    });
  });

  it('takes Google where an emulator on this machine is named', () => {
    expect(choice({ EARSHOT_GOOGLE_ENDPOINT: '127.0.0.1:8443' })).toMatchObject({
      name: 'google',
      what: 'Cloud Speech-to-Text v1 at 127.0.0.1:8443, project emulated, without credentials',
      why: 'EARSHOT_GOOGLE_ENDPOINT is on this machine',
    });
  });

  it('says what to set when Google is wished for and there are no credentials', () => {
    expect(() => choice({ EARSHOT_RECOGNIZER: 'google' })).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        message: expect.stringContaining('set GOOGLE_APPLICATION_CREDENTIALS'),
      }),
    );
  });

  it('demands a project for v2', () => {
    const v2 = { EARSHOT_RECOGNIZER: 'google', EARSHOT_GOOGLE_API: 'v2' };
    const env = { ...ENV, CLOUD_RUN_JOB: 'x' };
    expect(() => choice(v2, env)).toThrow('EARSHOT_GOOGLE_PROJECT');
    const where = { EARSHOT_GOOGLE_PROJECT: 'p', EARSHOT_GOOGLE_LOCATION: 'eu' };
    expect(choice({ ...v2, ...where }, env)).toMatchObject({
      name: 'google',
      what: expect.stringContaining('v2 at eu-speech.googleapis.com:443, project p'),
    });
  });

  it('loads Google with what the settings say', async () => {
    const settings = {
      EARSHOT_GOOGLE_ENDPOINT: '127.0.0.1:8443',
      EARSHOT_ROTATE_SOFT_MS: '16000',
      EARSHOT_ROTATE_HARD_MS: '20000',
      EARSHOT_STARTS_PER_MINUTE_MAX: '1',
    };
    const recognizer = await load(choice(settings), new FakeClock());
    expect(recognizer.rotation).toEqual({ softMs: 16_000, jitterMs: 1_000, hardMs: 20_000 });
    expect([recognizer.starts?.take(), recognizer.starts?.take()]).toEqual([true, false]);
    expect(recognizer.ready?.()).toBe(undefined);
    await recognizer.close();
  });
});
