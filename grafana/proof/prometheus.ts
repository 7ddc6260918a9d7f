/**
 * Prometheus: the real one, with the configuration that is handed out, before one server.
 */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from '../../bench/child.ts';
import { startChild } from '../../bench/child.ts';

const FOLDER = 'grafana/prometheus';

/** Values of one line over time: 'NaN' where there was nothing to divide by. */
interface Line {
  readonly values: readonly (readonly [atS: number, value: string])[];
}

interface RuleState {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly state?: string;
}

export class Prometheus {
  readonly #child: Child;
  readonly #folder: string;
  readonly #url: string;

  private constructor(child: Child, folder: string, url: string) {
    this.#child = child;
    this.#folder = folder;
    this.#url = url;
  }

  /** Scrapes these from now on. */
  static async start(targets: readonly string[]): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-prometheus-'));
    for (const name of ['prometheus.yml', 'rules.yml']) {
      await copyFile(`${FOLDER}/${name}`, join(folder, name));
    }
    await writeFile(join(folder, 'targets.json'), JSON.stringify([{ targets }]));
    const port = await freePort();
    const flags = [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const child = await startChild({
      command: '/bin/sh',
      argv: ['-c', 'exec prometheus "$@" 2>&1', 'sh', ...flags],
      upBy: /Server is ready to receive web requests/,
    });
    return new Prometheus(child, folder, `http://127.0.0.1:${port}`);
  }

  /** What a panel would show. Times in seconds since 1970. */
  async range(expr: string, fromS: number, toS: number): Promise<Line[]> {
    const asked = { query: expr, start: `${fromS}`, end: `${toS}`, step: '5' };
    const { result } = await this.#ask<{ result: Line[] }>('query_range', asked);
    return result;
  }

  /** What an expression is now: a value for each of its series. */
  async now(expr: string): Promise<number[]> {
    type Now = { result: { value: readonly [number, string] }[] };
    const { result } = await this.#ask<Now>('query', { query: expr });
    return result.map(({ value: [, value] }) => Number(value));
  }

  /** All rules, and whether they could be evaluated. */
  async rules(): Promise<RuleState[]> {
    const { groups } = await this.#ask<{ groups: { rules: RuleState[] }[] }>('rules', {});
    return groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    await this.#child.stop();
    await rm(this.#folder, { recursive: true });
  }

  async #ask<T>(what: string, asked: Record<string, string>): Promise<T> {
    const answer = await fetch(`${this.#url}/api/v1/${what}?${new URLSearchParams(asked)}`);
    const { status, data, error } = (await answer.json()) as {
      status: string;
      data: T;
      error?: string;
    };
    if (status !== 'success') throw new Error(`${asked['query'] ?? what}: ${error}`);
    return data;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
