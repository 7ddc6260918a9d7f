import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecureVersion } from 'node:tls';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { newKeys, signToken } from '../../src/edge/jwt.ts';
import { expiryOf, requireTls } from '../../src/edge/tls.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { startRig } from '../fakes/server-rig.ts';
import { claims } from '../fakes/token-maker.ts';

function pem(name: string): string {
  return fileURLToPath(new URL(`../fakes/tls/${name}.pem`, import.meta.url));
}

describe('requireTls()', () => {
  it('names the file that is missing', () => {
    const files = { certFile: pem('cert'), keyFile: pem('absent') };
    expect(() => requireTls(files)).toThrow(/EARSHOT_TLS_KEY_FILE is '.*absent\.pem', expected/);
  });

  it('names both files when they do not belong together, or are no PEM', () => {
    const other = { certFile: pem('cert'), keyFile: pem('other-key') };
    expect(() => requireTls(other)).toThrow(/are no certificate and its key/);
    const same = { certFile: pem('key'), keyFile: pem('key') };
    expect(() => requireTls(same)).toThrow(/are no certificate and its key/);
  });
});

describe('expiryOf()', () => {
  it('says when a certificate expires, or which file is none', () => {
    expect(expiryOf(pem('cert'))).toBe(Date.UTC(2126, 9, 29, 23, 13, 14) / 1000);
    expect(() => expiryOf(pem('absent'))).toThrow(
      /EARSHOT_TLS_CERT_FILE is '.*absent\.pem', expected/,
    );
  });
});

describe('A server with a certificate', () => {
  const tls = { EARSHOT_TLS_CERT_FILE: pem('cert'), EARSHOT_TLS_KEY_FILE: pem('key') };

  it('takes sessions over wss', async () => {
    const server = await startRig(tls);
    expect(server.url).toMatch(/^wss:/);
    const client = await RawClient.connect(server.url, { rejectUnauthorized: false });
    client.say({ type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000 });
    client.send(new Uint8Array(3_200).fill(1));
    client.say({ type: 'finish' });
    expect(await client.next('summary')).toMatchObject({ transcribedMs: 100 });
    await server.close();
  });

  it('does not start with files that are none', async () => {
    const absent = { ...tls, EARSHOT_TLS_CERT_FILE: pem('absent') };
    await expect(startRig(absent)).rejects.toThrow(/EARSHOT_TLS_CERT_FILE is/);
  });

  it('speaks TLS 1.2 and 1.3, and nothing before', async () => {
    const server = await startRig(tls);
    const port = Number(new URL(server.url).port);
    expect(await protocolOf(port, 'TLSv1.3')).toBe('TLSv1.3');
    expect(await protocolOf(port, 'TLSv1.2')).toBe('TLSv1.2');
    for (const old of ['TLSv1.1', 'TLSv1'] as const) {
      expect(await protocolOf(port, old)).toMatch(/version|alert/);
    }
    await server.close();
  });

  it('takes a new certificate while connections stay, for clients that name a host or none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-tls-'));
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    copyFileSync(pem('cert'), cert);
    copyFileSync(pem('key'), key);
    const server = await startRig({ EARSHOT_TLS_CERT_FILE: cert, EARSHOT_TLS_KEY_FILE: key });
    const port = Number(new URL(server.url).port);
    const old = await RawClient.connect(server.url, { rejectUnauthorized: false });
    const before = await fingerprints(port);
    expect(server.metrics.certificateExpiryS).toBe(expiryOf(pem('cert')));
    // Half of it has come: the old one goes on.
    copyFileSync(pem('other-cert'), cert);
    server.renew();
    expect(await fingerprints(port)).toEqual(before);
    expect(server.metrics.certificateExpiryS).toBe(expiryOf(pem('cert')));
    copyFileSync(pem('other-key'), key);
    server.renew();
    const after = await fingerprints(port);
    expect(new Set(before).size + new Set(after).size).toBe(2);
    expect(after).not.toContain(before[0]);
    expect(server.metrics.certificateExpiryS).toBe(expiryOf(pem('other-cert')));
    old.say({ type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000 });
    old.send(new Uint8Array(3_200).fill(1));
    old.say({ type: 'finish' });
    expect(await old.next('summary')).toMatchObject({ transcribedMs: 100 });
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('takes new keys for tokens though its certificate can not be used any more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-tls-'));
    const [cert, keys] = [join(folder, 'cert.pem'), join(folder, 'keys.pem')];
    copyFileSync(pem('cert'), cert);
    writeFileSync(keys, (await newKeys('ES256')).publicPem);
    const files = { EARSHOT_TLS_CERT_FILE: cert, EARSHOT_AUTH_KEYS_FILE: keys };
    const server = await startRig({ ...tls, ...files });
    const { publicPem, privatePem: privateKey } = await newKeys('ES256');
    const nowS = Math.floor(Date.now() / 1_000);
    const said = claims({ iat: nowS, exp: nowS + 600 });
    const token = await signToken(said, { privateKey, algorithm: 'ES256' });
    const more = { rejectUnauthorized: false, headers: { authorization: `Bearer ${token}` } };
    await expect(RawClient.connect(server.url, more)).rejects.toThrow(/401/);
    writeFileSync(cert, 'no PEM');
    writeFileSync(keys, publicPem);
    server.renew();
    (await RawClient.connect(server.url, more)).cut();
    await server.close();
    rmSync(folder, { recursive: true });
  });
});

/** Of a certificate, as clients see it that name a host, another one, and none. */
function fingerprints(port: number): Promise<string[]> {
  const asked = ['localhost', 'example.com', ''].map(
    (servername) =>
      new Promise<string>((resolve, reject) => {
        const options = { host: '127.0.0.1', port, rejectUnauthorized: false };
        const socket = connect({ ...options, servername }, () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        });
        socket.on('error', reject);
      }),
  );
  return Promise.all(asked);
}

/** What is spoken with a client that knows nothing newer, or why nothing is. */
function protocolOf(port: number, version: SecureVersion): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, rejectUnauthorized: false };
    const versions = { minVersion: version, maxVersion: version };
    const socket = connect({ ...options, ...versions, ciphers: 'DEFAULT@SECLEVEL=0' }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.on('error', (error) => resolve(error.message));
  });
}
