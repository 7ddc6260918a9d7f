import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runsAlone } from './processes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function alone(files: { readonly [path: string]: string }): boolean {
  return runsAlone('test/a.test.ts', (path) => files[path] ?? '');
}

describe('runsAlone()', () => {
  it.each([
    ["import 'uWebSockets.js';"],
    ["const uws: Native = createRequire(import.meta.url)('uWebSockets.js');"],
    ["  return require('sherpa-onnx-node') as Sherpa;"],
    ["import { v1, v2 } from '@google-cloud/speech';"],
    ["import {\n  credentials,\n} from '@grpc/grpc-js';"],
    ["import type { A } from './a.ts';\nimport { Worker } from 'node:worker_threads';"],
    ["const { spawn } = await import('node:child_process');"],
  ])('is true of a file that loads what keeps something: %s', (text) => {
    expect(alone({ 'test/a.test.ts': text })).toBe(true);
  });

  it.each([
    ["import type { Worker } from 'node:worker_threads';"],
    ["import type {\n  A,\n} from '@grpc/grpc-js';\nimport { b } from './b.ts';"],
    ["const name = 'uWebSockets.js';"],
    ["import { it } from 'vitest';\nit.each([1])('uWebSockets', () => {});"],
  ])('is false of a file that names it only, or its types: %s', (text) => {
    expect(alone({ 'test/a.test.ts': text })).toBe(false);
  });

  it('follows imports, also in a circle, and not those of types', () => {
    const files = {
      'test/a.test.ts': "import { b } from './fakes/b.ts';",
      'test/fakes/b.ts': "import { c } from '../../src/c.ts';\nimport { a } from '../a.test.ts';",
      'src/c.ts': "export { d } from './d.ts';",
    };
    expect(alone({ ...files, 'src/d.ts': "import '@grpc/grpc-js';" })).toBe(true);
    expect(alone({ ...files, 'src/d.ts': "import type { E } from './e.ts';" })).toBe(false);
    expect(
      alone({ ...files, 'src/c.ts': "import type { D } from './d.ts';", 'src/d.ts': "'@grpc/a'" }),
    ).toBe(false);
  });

  it('lets all that knows no socket, no vendor and no thread share', () => {
    const read = (path: string): string => readFileSync(ROOT + path, 'utf8');
    const paths = ['client', 'session', 'simulation', 'wire'].flatMap((folder) =>
      readdirSync(`${ROOT}test/${folder}`).map((file) => `test/${folder}/${file}`),
    );
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => runsAlone(path, read))).toEqual([]);
    expect(runsAlone('test/edge/listener.test.ts', read)).toBe(true);
  });
});
