import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALERTS } from '../../grafana/src/alerts.ts';
import { burns, FINALS_LATE } from '../../grafana/src/objectives.ts';
import { yamlOf } from '../../grafana/src/rules.ts';

const BOOK = readFileSync(new URL('../../grafana/README.md', import.meta.url), 'utf8');

describe('Every alert', () => {
  it('has a name of its own, a sentence, and what to do in the runbook', () => {
    expect(new Set(ALERTS.map(({ name }) => name)).size).toBe(ALERTS.length);
    const headings = Array.from(
      BOOK.matchAll(/^### (\w+)\n\n(Page|Ticket)\. \S/gm),
      ([, name, how]) => [name, how?.toLowerCase()],
    );
    expect(headings).toEqual(ALERTS.map(({ name, severity }) => [name, severity]));
    for (const { name, summary } of ALERTS) expect(summary, name).toMatch(/^[A-Z{].*\.$/);
  });
});

describe('burns()', () => {
  it('asks a long and a short window for so many times the budget', () => {
    expect(burns(FINALS_LATE, 14.4, '1h', '5m')).toBe(
      'earshot:finals_late:ratio_rate1h > 0.72 and earshot:finals_late:ratio_rate5m > 0.72',
    );
  });
});

describe('yamlOf()', () => {
  it('writes maps and lists over lines, and all else as JSON', () => {
    const value = { a: [{ b: 'c: "d"', e: 1 }, { 'f g': [] }], h: { i: [true, ['j']] } };
    expect(yamlOf(value)).toBe(
      [
        'a:',
        '  - b: "c: \\"d\\""',
        '    e: 1',
        '  - "f g": []',
        'h:',
        '  i:',
        '    - true',
        '    - - "j"',
        '',
      ].join('\n'),
    );
  });
});
