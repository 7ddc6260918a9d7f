import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { requireTls } from '../../src/edge/tls.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { startRig } from '../fakes/server-rig.ts';

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

describe('A server with a certificate', () => {
  it('takes sessions over wss', async () => {
    const tls = { EARSHOT_TLS_CERT_FILE: pem('cert'), EARSHOT_TLS_KEY_FILE: pem('key') };
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
    const tls = { EARSHOT_TLS_CERT_FILE: pem('absent'), EARSHOT_TLS_KEY_FILE: pem('key') };
    await expect(startRig(tls)).rejects.toThrow(/EARSHOT_TLS_CERT_FILE is/);
  });
});
