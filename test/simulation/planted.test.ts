import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLANTED } from './planted.ts';

describe('The planted defects', () => {
  it.each(PLANTED)('has one place for: $name', ({ file, from, to }) => {
    const source = readFileSync(new URL(`../../src/${file}.ts`, import.meta.url), 'utf8');
    expect(source.split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  });

  it('are twelve or more, each with a name of its own', () => {
    expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(PLANTED.length);
    expect(PLANTED.length).toBeGreaterThanOrEqual(12);
  });
});
