import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../src/command/server.ts';
import { readSite } from '../../src/edge/site.ts';
import { ask, startRig } from '../fakes/server-rig.ts';

let server: Server;

beforeAll(async () => {
  server = await startRig();
});

afterAll(() => server.close());

describe('readSite()', () => {
  it('has the page, and what its modules import, and nothing else of the server', () => {
    const paths = [...readSite().keys()];
    const some = ['/', '/page/page.css', '/page/main.js', '/page/worklet.js', '/client/browser.js'];
    expect(paths).toEqual(expect.arrayContaining([...some, '/wire/limits.js', '/clock.js']));
    const expected =
      /^\/$|^\/(page|client)\/[a-z\d-]+\.(js|css|svg)$|^\/wire\/(limits|close)\.js$|^\/(clock|chance)\.js$/;
    expect(paths.filter((path) => !expected.test(path))).toEqual([]);
    expect(paths).not.toContain('/client/node.js');
  });

  it('lets a browser load nothing from elsewhere, and no script that stands in the page', () => {
    const page = readSite().get('/');
    expect(page?.headers['Content-Security-Policy']).toMatch(
      /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/,
    );
    expect(page?.body).not.toMatch(/<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|https?:/);
    expect(page?.headers['Link']).toContain('</page/talk.js>; rel=modulepreload');
  });
});

describe('the page', () => {
  it('is served with types that browsers accept, at the port that devices connect to', async () => {
    const page = await ask(server.url, '/', {});
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<title>Earshot') });
    const script = await ask(server.url, '/page/main.js', {});
    expect(script).toMatchObject({ status: 200, body: expect.stringContaining('import') });
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await ask(server.url, '/page/page.css', {})).headers['content-type']).toMatch(
      'text/css',
    );
  });

  it('is not sent again to a browser that has it', async () => {
    const { headers } = await ask(server.url, '/page/main.js', {});
    const again = await ask(server.url, '/page/main.js', {
      'if-none-match': String(headers['etag']),
    });
    expect(again).toMatchObject({ status: 304, body: '' });
  });

  it('is not there when it is turned off', async () => {
    const without = await startRig({ EARSHOT_PAGE: 'off' });
    expect((await ask(without.url, '/', {})).status).toBe(404);
    expect((await ask(without.url, '/page/main.js', {})).status).toBe(404);
    await without.close();
  });
});
