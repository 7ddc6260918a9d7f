/**
 * Main: writes the dashboards anew from the code. Run it by `npm run grafana`.
 *
 * npm runs it in the folder of package.json.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FILES } from './files.ts';

for (const [path, text] of FILES) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  process.stdout.write(`${path}\n`);
}
