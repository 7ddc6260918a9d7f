import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Admin } from '../../src/edge/admin.ts';
import { listenAdmin } from '../../src/edge/admin.ts';
import { Metrics } from '../../src/metrics.ts';

let admin: Admin;
let problem: string | undefined;
let drains = 0;
const onDrain = (): void => {
  drains += 1;
};

beforeAll(async () => {
  const metrics = new Metrics();
  admin = await listenAdmin({
    host: '127.0.0.1',
    port: 0,
    metrics,
    sessions: () => Promise.resolve({ total: 7, sessions: [] }),
    notReady: () => problem,
    onDrain,
  });
});

afterAll(() => admin.close());

async function ask(path: string, method = 'GET'): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${admin.port}${path}`, { method });
  return { status: response.status, body: await response.text() };
}

describe('The admin port', () => {
  it('says that the process lives, and the metrics', async () => {
    expect(await ask('/livez')).toEqual({ status: 200, body: 'alive\n' });
    const metrics = await ask('/metrics?x=1');
    expect(metrics.status).toBe(200);
    expect(metrics.body).toMatch(/^earshot_frames_total 0$/m);
  });

  it('shows the sessions that are there now, as JSON', async () => {
    const { status, body } = await ask('/sessions');
    expect([status, JSON.parse(body)]).toEqual([200, { total: 7, sessions: [] }]);
  });

  it('is ready until something speaks against it, and says what', async () => {
    expect(await ask('/readyz')).toEqual({ status: 200, body: 'ready\n' });
    problem = 'this server is going away';
    expect(await ask('/readyz')).toEqual({ status: 503, body: 'this server is going away\n' });
    problem = undefined;
  });

  it('passes on that the server is to go away, when that is posted', async () => {
    expect(await ask('/drain')).toMatchObject({ status: 405, body: expect.stringMatching(/POST/) });
    expect(drains).toBe(0);
    expect(await ask('/drain', 'POST')).toMatchObject({ status: 202 });
    expect(drains).toBe(1);
  });

  it('lets no web page send the server away', async () => {
    const before = drains;
    const headers = { origin: 'https://example.com' };
    const url = `http://127.0.0.1:${admin.port}/drain`;
    const answer = await fetch(url, { method: 'POST', headers });
    expect([answer.status, drains]).toEqual([403, before]);
    expect(await answer.text()).toMatch(/https:\/\/example\.com .* expected no Origin/);
  });

  it('says what is expected where nothing is, and of other methods', async () => {
    expect(await ask('/')).toMatchObject({ status: 404 });
    expect(await ask('/metrics', 'POST')).toMatchObject({ status: 405 });
    expect(await ask('/livez', 'HEAD')).toEqual({ status: 200, body: '' });
  });

  it('fails to listen on a port in use', async () => {
    const sessions = () => ({ total: 0, sessions: [] });
    const parts = { host: '127.0.0.1', port: admin.port, metrics: new Metrics(), sessions };
    const second = listenAdmin({ ...parts, notReady: () => undefined, onDrain });
    await expect(second).rejects.toThrow(/cannot listen on .* for the admin port/);
  });

  it('shows a page nothing that comes under a name of its own', async () => {
    const status = (path: string, host: string): Promise<number | undefined> =>
      new Promise((resolve) => {
        const options = { port: admin.port, path, headers: { host } };
        get({ host: '127.0.0.1', ...options }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
      });
    for (const path of ['/sessions', '/metrics']) {
      expect(await status(path, 'evil.example:9464')).toBe(403);
      expect(await status(path, 'localhost:9464')).toBe(200);
      expect(await status(path, '10.0.0.7')).toBe(200);
    }
    expect(await status('/livez', 'evil.example')).toBe(200);
  });

  it('with a token tells whoever has it, and anybody only whether the server lives and is ready', async () => {
    const token = 't'.repeat(32);
    const parts = { host: '127.0.0.1', port: 0, metrics: new Metrics(), token };
    const sessions = () => ({ total: 0, sessions: [] });
    const closed = await listenAdmin({ ...parts, sessions, notReady: () => undefined, onDrain });
    const status = async (
      path: string,
      authorization?: string,
      method = 'GET',
    ): Promise<number> => {
      const headers = authorization === undefined ? {} : { authorization };
      const url = `http://127.0.0.1:${closed.port}${path}`;
      return (await fetch(url, { method, headers })).status;
    };
    const before = drains;
    for (const wrong of [undefined, '', 'Bearer', `Bearer ${token}x`, `Basic ${token}`, token]) {
      expect(await status('/metrics', wrong)).toBe(401);
      expect(await status('/sessions', wrong)).toBe(401);
      expect(await status('/drain', wrong, 'POST')).toBe(401);
    }
    expect(drains).toBe(before);
    expect([await status('/livez'), await status('/readyz')]).toEqual([200, 200]);
    expect(await status('/metrics', `Bearer ${token}`)).toBe(200);
    expect(await status('/drain', `Bearer ${token}`, 'POST')).toBe(202);
    await closed.close();
  });
});
