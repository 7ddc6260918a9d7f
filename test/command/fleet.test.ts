import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workersOf } from '../../src/command/fleet.ts';
import { readConfig } from '../../src/config.ts';
import type { Table } from '../../src/live.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { EmulatorServer } from '../speech/google/grpc-rigs.ts';
import { speech } from '../speech/google/rigs.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

/** `earshot serve` as a process, with what it says. */
class Command {
  readonly child: ChildProcess;
  /** Its exit code and signal. */
  readonly ended: Promise<(number | string | null)[]>;
  readonly lines: string[] = [];
  #wake: () => void = () => undefined;

  constructor(settings: Record<string, string>) {
    const env = { EARSHOT_ADMIN_PORT: '0', ...settings };
    this.child = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: 'pipe' });
    for (const output of [this.child.stdout, this.child.stderr]) {
      if (output !== null)
        createInterface({ input: output }).on('line', (line) => this.#heard(line));
    }
    this.ended = new Promise((resolve) => {
      this.child.once('exit', (...how) => {
        resolve(how);
        this.#wake();
      });
    });
  }

  /** The nth line that matches, heard already or to come: what its group holds. */
  async line(pattern: RegExp, nth = 1): Promise<string> {
    while (true) {
      const found = this.lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).at(nth - 1);
      if (found !== undefined) return found;
      if (this.child.exitCode !== null) throw new Error(this.lines.join('\n'));
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #heard(line: string): void {
    this.lines.push(line);
    this.#wake();
  }
}

let google: EmulatorServer;
let command: Command;
let url: string;
let admin: string;

beforeAll(async () => {
  google = await EmulatorServer.start();
  command = new Command({
    EARSHOT_PORT: '0',
    EARSHOT_WORKERS: '2',
    EARSHOT_SLOTS_MAX: '20',
    EARSHOT_GOOGLE_ENDPOINT: `127.0.0.1:${google.front.port}`,
  });
  url = await command.line(/^listening on (.*)$/);
  admin = await command.line(/^admin: (.*)\/metrics/);
});

afterAll(async () => {
  command.child.kill('SIGKILL');
  await google.front.close();
});

/** Sums by series. */
async function metrics(): Promise<Map<string, number>> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line): [string, number] => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at))];
    }),
  );
}

async function speaker(): Promise<RawClient> {
  const client = await RawClient.start(url);
  const audio = speech(1);
  for (let at = 0; at < audio.byteLength; at += 3_200) client.send(audio.subarray(at, at + 3_200));
  await client.next('final');
  return client;
}

describe('workersOf()', () => {
  it('is one a core for Google, one for the embedded recognizer, and what is set otherwise', () => {
    const workers = (settings: Record<string, string>): number =>
      workersOf(readConfig(settings), {});
    expect(workers({ EARSHOT_RECOGNIZER: 'embedded' })).toBe(1);
    expect(workers({ EARSHOT_GOOGLE_ENDPOINT: 'localhost:1' })).toBeGreaterThanOrEqual(1);
    expect(workers({ EARSHOT_GOOGLE_ENDPOINT: 'localhost:1', EARSHOT_WORKERS: '7' })).toBe(7);
  });
});

describe('earshot serve with two workers', () => {
  it('goes on when one is killed: another follows, the other one serves, and no counter falls', async () => {
    const clients = await Promise.all(Array.from({ length: 12 }, () => speaker()));
    const before = await metrics();
    expect(before.get('earshot_workers')).toBe(2);
    expect(before.get('earshot_sessions{state="open"}')).toBe(12);
    expect(before.get('earshot_slots_used')).toBe(12);
    const pid = Number(await command.line(/"workerPid":(\d+).*"a worker serves"/));
    process.kill(pid, 'SIGKILL');
    await command.line(/"(a worker died)"/);
    const during = await metrics();
    await command.line(/(a worker serves)/, 3);
    const after = await metrics();
    for (const [series, value] of before) {
      if (!/_(?:total|count|sum|bucket)\b/.test(series)) continue;
      expect(during.get(series), series).toBeGreaterThanOrEqual(value);
      expect(after.get(series), series).toBeGreaterThanOrEqual(during.get(series) ?? Number.NaN);
    }
    expect(after.get('earshot_workers')).toBe(2);
    expect(after.get('earshot_worker_deaths_total')).toBe(1);
    const lost = clients.length - (after.get('earshot_sessions{state="open"}') ?? 0);
    for (const client of clients) client.say({ type: 'finish' });
    const codes = (await Promise.all(clients.map(({ closed }) => closed))).map(({ code }) => code);
    expect(codes.filter((code) => code === 1000)).toHaveLength(12 - lost);
    expect(codes.filter((code) => code === 1006)).toHaveLength(lost);
    const next = await speaker();
    next.say({ type: 'finish' });
    expect(await next.closed).toMatchObject({ code: 1000 });
    const end = await metrics();
    const settled = [...end].filter(([series]) => series.startsWith('earshot_audio_seconds_total'));
    const sum = settled.reduce((total, [, seconds]) => total + seconds, 0);
    expect(sum).toBeCloseTo(end.get('earshot_audio_received_seconds_total') ?? 0, 6);
    expect(end.get('earshot_audio_unsettled_seconds')).toBe(0);
  });

  it('has a session that goes on in another worker let go of by the one that had it', async () => {
    let client = await RawClient.start(url);
    let ready = await client.next('ready');
    // Each lands on either worker: on the other one at last.
    let resumes = 0;
    for (let takes = 0; takes < 2; takes += ready?.resumed === 'taken' ? 1 : 0) {
      const before = client;
      resumes += 1;
      client = await RawClient.start(url, { resume: { token: ready?.resume, result: 0 } });
      ready = await client.next('ready');
      expect(await before.closed).toEqual({ code: 4509, reason: 'replaced' });
    }
    const after = await metrics();
    expect(after.get('earshot_sessions{state="open"}')).toBe(1);
    const resumed = ['held', 'taken'].map((how) =>
      after.get(`earshot_resumes_total{result="${how}"}`),
    );
    expect(resumed[1]).toBe(2);
    expect((resumed[0] ?? 0) + (resumed[1] ?? 0)).toBe(resumes);
    const table = (await (await fetch(`${admin}/sessions`)).json()) as Table;
    expect(table).toMatchObject({
      total: 1,
      sessions: [{ session: ready?.session, state: 'open' }],
    });
    expect([0, 1]).toContain(table.sessions[0]?.worker);
    client.say({ type: 'finish' });
    expect(await client.closed).toMatchObject({ code: 1000 });
  });

  it('does not let a second one share its port', async () => {
    const { port } = new URL(url);
    const second = new Command({
      EARSHOT_PORT: port,
      EARSHOT_WORKERS: '2',
      EARSHOT_GOOGLE_ENDPOINT: `127.0.0.1:${google.front.port}`,
    });
    expect(await second.ended).toEqual([1, null]);
    expect(second.lines.at(-1)).toMatch(/cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
  });

  it('drains when it is asked to, and SIGTERM follows as in Kubernetes: the session may finish, and the process exits with 0', async () => {
    const client = await speaker();
    const answer = await fetch(`${admin}/drain`, { method: 'POST' });
    expect(answer.status).toBe(202);
    expect((await fetch(`${admin}/readyz`)).status).toBe(503);
    command.child.kill('SIGTERM');
    expect((await fetch(`${admin}/readyz`)).status).toBe(503);
    client.say({ type: 'finish' });
    expect(await client.closed).toMatchObject({ code: 1000 });
    expect(await command.ended).toEqual([0, null]);
  });
});
