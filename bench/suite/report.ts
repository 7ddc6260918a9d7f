/**
 * Report: the results of a run in bench/README.md, each bench in a section of its own (pure).
 *
 * A section is replaced by the next run of its bench, and says what that run was made on.
 */
import type { Target } from '../target.ts';
import type { Outcome } from './bench.ts';
import { tableOf } from './bench.ts';

export interface Reported extends Outcome {
  readonly name: string;
  readonly question: string;
  readonly rounds: number;
  readonly seconds: number;
  /** Of the machine, before and after. */
  readonly loads: readonly [before: number, after: number];
  readonly machine: Readonly<Record<string, string | number | undefined>>;
}

function begin(name: string): string {
  return `<!-- ${name} begins: written by the bench -->`;
}

function end(name: string): string {
  return `<!-- ${name} ends -->`;
}

function targetRow({ what, least, value, most, holds }: Target): string {
  const bound = least === undefined ? `at most ${most}` : `at least ${least}`;
  const figure = value === undefined ? 'not measured' : `${Math.round(value * 100) / 100}`;
  return `| ${what} | ${figure} | ${bound} | ${holds ? 'holds' : 'MISSED'} |`;
}

export function sectionOf(reported: Reported): string {
  const { name, question, rounds, seconds, loads, machine, targets, notes } = reported;
  const about = Object.entries(machine).filter(([key]) => key !== 'load');
  const [before, after] = loads;
  return [
    begin(name),
    `### ${name}: ${question}`,
    '',
    `${rounds} rounds in ${seconds} s, median (least..most); load of the machine ${before} before and ${after} after.`,
    `${about.map(([key, value]) => `${key} ${value}`).join('; ')}.`,
    '',
    ...tableOf(reported),
    '',
    ...(targets.length === 0
      ? []
      : [
          '| target | figure | bound | |',
          '| --- | ---: | --- | --- |',
          ...targets.map(targetRow),
          '',
        ]),
    ...notes.map((note) => `- ${note}`),
    ...(notes.length === 0 ? [] : ['']),
    end(name),
  ].join('\n');
}

/** `readme` with this section in the place of the last one of its bench, or at its end. */
export function withSection(readme: string, reported: Reported): string {
  const section = sectionOf(reported);
  const [from, to] = [readme.indexOf(begin(reported.name)), readme.indexOf(end(reported.name))];
  if (from < 0 || to < from) return `${readme.trimEnd()}\n\n${section}\n`;
  return `${readme.slice(0, from)}${section}${readme.slice(to + end(reported.name).length)}`;
}
