import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FILES } from '../../grafana/src/files.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('The files of Grafana and Prometheus', () => {
  it.each([...FILES])('are as the code makes them ("npm run grafana"): %s', (path, text) => {
    expect(readFileSync(ROOT + path, 'utf8')).toBe(text);
  });

  it('are all dashboards that there are', () => {
    const there = readdirSync(`${ROOT}grafana/dashboards`).map(
      (name) => `grafana/dashboards/${name}`,
    );
    const made = [...FILES.keys()].filter((path) => path.startsWith('grafana/dashboards/'));
    expect(there.toSorted()).toEqual(made.toSorted());
  });
});
