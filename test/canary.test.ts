/**
 * Canary: what devices and the recognizer say is in no output of the server.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';
import type { Server } from '../src/command/server.ts';
import { startServer } from '../src/command/server.ts';
import { readConfig } from '../src/config.ts';
import { newLog } from '../src/log.ts';
import { RawClient } from './fakes/raw-client.ts';
import { ScriptedRecognizer } from './fakes/scripted-recognizer.ts';
import { until } from './fakes/server-rig.ts';

/** In every input another number follows. */
const CANARY = 'kanarienvogel';
/** 16-bit samples that spell it. */
const AUDIO = Buffer.from(CANARY.repeat(400), 'latin1').subarray(0, 3_200);
const SHAPES = [CANARY, AUDIO.toString('base64').slice(0, 60), AUDIO.toString('hex').slice(0, 60)];
const QUIET = new Uint8Array(32_000);
const BEARER = `${CANARY}1.${CANARY}2.${CANARY}3`;
const START = { encoding: 'LINEAR16', sampleRateHertz: 16_000 };

let written = '';
let server: Server;

function keep(line: string): void {
  written += line;
}

function serve(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  const text = (): string => `${CANARY}4 said`;
  return startServer({
    config: readConfig({ EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0', ...settings }),
    clock: systemClock,
    random: Math.random,
    log: newLog('debug', { write: keep }),
    recognizer: new ScriptedRecognizer(systemClock, { text }),
  });
}

beforeAll(async () => {
  server = await serve();
});

afterAll(() => server.close());

async function adminSays(of: Server): Promise<string> {
  const answers = ['metrics', 'sessions', 'readyz'].map(async (path) =>
    (await fetch(`${of.adminUrl}/${path}`)).text(),
  );
  return (await Promise.all(answers)).join('\n');
}

function found(text: string): string[] {
  return SHAPES.filter((shape) => text.includes(shape));
}

/** A session whose every input holds a canary, and its transcript too. */
async function speak(): Promise<RawClient> {
  const fields = { language: 'en-US', model: `${CANARY}5`, phrases: [{ text: `${CANARY}6` }] };
  const client = await RawClient.start(server.url, fields, {
    headers: { authorization: `Bearer ${BEARER}`, cookie: `a=${CANARY}7` },
  });
  for (let n = 0; n < 10; n++) client.send(AUDIO);
  const content = AUDIO.toString('base64');
  client.say({ type: 'audio', content, audio_id: `${CANARY}8` });
  client.send(QUIET);
  expect((await client.next('final'))?.text).toContain(CANARY);
  return client;
}

describe('What devices and the recognizer say', () => {
  it('is in no log at any level and not on the admin port, while the session lives and when it has ended', async () => {
    const client = await speak();
    const live = await adminSays(server);
    const resume = client.all('final').at(-1)?.resume ?? '';
    client.cut();
    await until(() => server.metrics.sessions.detached === 1);
    const again = await RawClient.start(server.url, {
      ...{ model: `${CANARY}5`, phrases: [{ text: `${CANARY}6` }], language: 'en-US' },
      resume: { token: resume, result: 1 },
    });
    again.say({ type: 'finish' });
    await again.closed;
    const all = `${written}${live}${await adminSays(server)}`;
    expect(resume.length).toBeGreaterThan(20);
    expect(all).not.toContain(resume);
    expect(found(all)).toEqual([]);
    expect(live).toContain('"receivedMs"');
    expect(written).toContain('session ended');
  });

  it('is in no log when it is wrong: messages, fields, addresses and tokens', async () => {
    const wrong = [
      `{"type":"${CANARY}"}`,
      `${CANARY} is no JSON`,
      { type: 'start', ...START, [`${CANARY}9`]: 1 },
      { type: 'start', encoding: CANARY, sampleRateHertz: 8_000 },
      { type: 'start', ...START, language: `${CANARY} 10` },
      { type: 'start', ...START, resume: { token: `${CANARY}11`, result: 0 } },
    ];
    for (const message of wrong) {
      const client = await RawClient.connect(server.url);
      client.say(message);
      await client.closed;
    }
    const refused = RawClient.connect(`${server.url}?token=${CANARY}12`);
    await expect(refused).rejects.toThrow(/400/);
    const keyed = await serve({ EARSHOT_AUTH_SECRET: 's'.repeat(40) });
    const headers = { authorization: `Bearer ${BEARER}` };
    await expect(RawClient.connect(keyed.url, { headers })).rejects.toThrow(/401/);
    const offered = await RawClient.connect(keyed.url, {}, [`bearer.${BEARER}`]);
    await offered.closed;
    const all = `${written}${await adminSays(server)}${await adminSays(keyed)}`;
    await keyed.close();
    expect(found(all)).toEqual([]);
  });
});

describe('The lines of a session', () => {
  it('share its id, from its start to its end, and are JSON each', async () => {
    const before = written.length;
    const client = await RawClient.start(server.url);
    const session = client.all('ready')[0]?.session;
    client.say({ type: 'finish' });
    await client.closed;
    const lines = written.slice(before).trimEnd().split('\n');
    const own = lines
      .map((line) => JSON.parse(line) as { session?: string; event?: string; end?: string })
      .filter((line) => line.session === session);
    expect(own.map(({ event, end }) => event ?? end)).toEqual([
      'start',
      'finish',
      'settled',
      'finished',
    ]);
  });
});

describe('A text of a device', () => {
  it('stays one line, whatever ends a line for whoever reads it', () => {
    const lines: string[] = [];
    const log = newLog('info', { write: (text) => lines.push(text) });
    const ends = ['\n', '\r', '\u0085', '\u2028', '\u2029', '\u001b'];
    const device = `a${ends.join('')}{"level":"error"}`;
    log.info({ device }, 'session ended');
    const [line = '', ...more] = lines;
    expect(more).toEqual([]);
    expect(line.endsWith('}\n')).toBe(true);
    expect(ends.filter((end) => line.slice(0, -1).includes(end))).toEqual([]);
    expect(JSON.parse(line)).toMatchObject({ level: 'info', device, msg: 'session ended' });
  });
});
