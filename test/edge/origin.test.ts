import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { originProblem, proxyProblem } from '../../src/edge/origin.ts';

const HOST = 'speech.example:8443';
const LOOPBACK = readConfig({});
const PUBLIC = readConfig({ EARSHOT_HOST: '0.0.0.0', EARSHOT_AUTH: 'none' });
const KEYED = readConfig({ EARSHOT_HOST: '0.0.0.0', EARSHOT_AUTH_SECRET: 's'.repeat(32) });
const LISTED = readConfig({ EARSHOT_ORIGINS: 'https://app.example.com, http://localhost:3000' });

describe('originProblem()', () => {
  it('has nothing against apps, which send none', () => {
    for (const config of [LOOPBACK, PUBLIC, LISTED])
      expect(originProblem('', HOST, config)).toBeUndefined();
  });

  it.each([
    'http://localhost',
    'http://localhost:3000',
    'https://127.0.0.1:8443',
    'http://[::1]:80',
  ])('lets the page of %s connect to a server of the same machine, and to no other', (origin) => {
    expect(originProblem(origin, HOST, LOOPBACK)).toBeUndefined();
    expect(originProblem(origin, HOST, PUBLIC)).toMatchObject({ status: 403 });
  });

  it.each([
    'https://evil.example',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://evil.example:8080',
    'http://evil.example/#http://localhost',
    'http://localhost@evil.example',
    'null',
    'file://',
    'chrome-extension://abc',
    'localhost',
    'javascript:localhost',
  ])('keeps another page out: %s', (origin) => {
    expect(originProblem(origin, HOST, LOOPBACK)).toMatchObject({ status: 403 });
    expect(originProblem(origin, HOST, LISTED)).toMatchObject({ status: 403 });
  });

  it('lets in what is listed, to the letter, and nothing else', () => {
    expect(originProblem('https://app.example.com', HOST, LISTED)).toBeUndefined();
    expect(originProblem('http://localhost:3000', HOST, LISTED)).toBeUndefined();
    for (const other of [
      'http://app.example.com',
      'https://app.example.com:444',
      'http://localhost:3001',
    ]) {
      expect(originProblem(other, HOST, LISTED)).toMatchObject({ status: 403 });
    }
  });

  it('lets all in where that is said', () => {
    const config = readConfig({ EARSHOT_ORIGINS: '*' });
    expect(originProblem('https://evil.example', HOST, config)).toBeUndefined();
  });

  it('knows the page of its own, where it is open to a network', () => {
    const own = (origin: string, config: typeof PUBLIC) => originProblem(origin, HOST, config);
    expect(own('https://speech.example:8443', KEYED)).toBeUndefined();
    expect(own('https://speech.example', KEYED)).toMatchObject({ status: 403 });
    expect(own('ftp://speech.example:8443', KEYED)).toMatchObject({ status: 403 });
    const pageless = readConfig({
      EARSHOT_HOST: '0.0.0.0',
      EARSHOT_AUTH: 'none',
      EARSHOT_PAGE: 'off',
    });
    expect(own('https://speech.example:8443', pageless)).toMatchObject({ status: 403 });
  });

  it.each(['192.0.2.1:8080', '[2001:db8::1]:8080', 'localhost:8080'])(
    'knows it by %s where nobody needs a token, since no name server has a say in that, and by no other name',
    (host) => {
      expect(originProblem(`http://${host}`, host, PUBLIC)).toBeUndefined();
      const named = originProblem('http://evil.example:8080', 'evil.example:8080', PUBLIC);
      expect(named).toMatchObject({ status: 403 });
    },
  );

  it('goes by the list alone where there is one', () => {
    const config = { ...KEYED, origins: ['https://app.example.com'] };
    expect(originProblem(`https://${HOST}`, HOST, config)).toMatchObject({ status: 403 });
  });

  it('trusts no name on loopback, where anybody may make one lead', () => {
    expect(originProblem('https://speech.example:8443', HOST, LOOPBACK)).toMatchObject({
      status: 403,
    });
    expect(originProblem('https://speech.example:8443', HOST, LISTED)).toMatchObject({
      status: 403,
    });
  });
});

describe('proxyProblem()', () => {
  it.each([
    ['127.0.0.1:8080', true],
    ['speech.example', false],
    ['192.0.2.1:8080', false],
  ])('sends away who comes by %s (passed on: %s) where no key is set', (host, isForwarded) => {
    const asked = { host, isForwarded };
    expect(proxyProblem(asked, LOOPBACK)).toMatchObject({ status: 403, code: 'forbidden' });
    for (const config of [PUBLIC, KEYED, readConfig({ EARSHOT_AUTH: 'none' })]) {
      expect(proxyProblem(asked, config)).toBeUndefined();
    }
  });

  it.each(['127.0.0.1:8080', 'localhost', 'LOCALHOST:80', '[::1]:8080', '[::1]', ''])(
    'lets in who asks this machine for %j',
    (host) => {
      expect(proxyProblem({ host, isForwarded: false }, LOOPBACK)).toBeUndefined();
    },
  );
});
