import { describe, expect, it } from 'vitest';
import type { Reported } from '../../../bench/suite/report.ts';
import { sectionOf, withSection } from '../../../bench/suite/report.ts';
import { atMost } from '../../../bench/target.ts';

const REPORTED: Reported = {
  name: 'ingest',
  question: 'what?',
  rounds: 3,
  seconds: 5,
  loads: [1, 2],
  machine: { node: '20', load: 9 },
  columns: [['us', 1]],
  rows: [{ what: 'a', cells: { us: [1] } }],
  targets: [atMost('ratio', 1.5, 2)],
  notes: ['skipped: C'],
};

describe('sectionOf()', () => {
  it('says what the run was made on, its figures, its targets, and what was left out', () => {
    const section = sectionOf(REPORTED);
    expect(section).toContain('load of the machine 1 before and 2 after');
    expect(section).toContain('node 20.');
    expect(section).toContain('| a | 1.0 |');
    expect(section).toContain('| ratio | 2 | at most 1.5 | MISSED |');
    expect(section).toContain('- skipped: C');
  });
});

describe('withSection()', () => {
  it('adds a section, and replaces it by the next one of its bench alone', () => {
    const readme = withSection(withSection('# Bench\n', REPORTED), { ...REPORTED, name: 'idle' });
    const again = withSection(readme, { ...REPORTED, seconds: 77 });
    expect(again.match(/### ingest/g)).toHaveLength(1);
    expect(again.match(/### idle/g)).toHaveLength(1);
    expect(again).toContain('77 s');
    expect(again.startsWith('# Bench\n')).toBe(true);
    expect(again.indexOf('### ingest')).toBeLessThan(again.indexOf('### idle'));
  });
});
