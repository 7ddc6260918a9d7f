import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clientCases, serverCases } from './case.ts';

function textOf(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

/** As GitHub makes an anchor of a heading. */
function anchorsOf(text: string): string[] {
  return Array.from(text.matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the cases', () => {
  it('have names of their own', () => {
    for (const cases of [clientCases(), serverCases()]) {
      const names = cases.map(({ name }) => name);
      expect(names).toEqual([...new Set(names)]);
      expect(names.length).toBeGreaterThan(30);
    }
  });

  it('point to headings of the protocol', () => {
    const anchors = anchorsOf(textOf('../../src/wire/PROTOCOL.md'));
    const pointed = [...clientCases(), ...serverCases()].map(({ see }) => see);
    expect(pointed.filter((see) => !anchors.includes(see))).toEqual([]);
  });

  it('have only steps that the README describes', () => {
    const readme = textOf('README.md');
    const steps = [...clientCases(), ...serverCases()].flatMap(({ steps }): object[] => steps);
    const names = new Set(steps.flatMap((step) => Object.keys(step)));
    expect([...names].filter((name) => !readme.includes(`\`${name}`))).toEqual([]);
  });
});
