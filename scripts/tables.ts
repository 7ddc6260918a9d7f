/**
 * Tables: what the README says of settings, metrics, faults and close codes, made from the code itself.
 *
 * Each table stands in the README between `<!-- name -->` and `<!-- /name -->`.
 */
import { SETTINGS } from '../src/config.ts';
import { SERIES } from '../src/metrics.ts';
import { CLASSES, codeName, FAULT_ROWS } from '../src/speech/google/faults.ts';
import { CLOSE, CLOSE_DONE, isRetryable } from '../src/wire/close.ts';

/** Words of a label beyond this many are left to the code. */
const WORDS_MAX = 6;

type Row = readonly string[];

/** Markdown tables by name. */
export function tables(): ReadonlyMap<string, string> {
  return new Map([
    ['settings', table(['Setting', 'Default', 'Allowed', 'Meaning'], settings())],
    ['metrics', table(['Series', 'Type', 'Labels', 'Meaning'], metrics())],
    ['upstream-faults', table(['Status', 'Text', 'Class', 'What happens'], upstreamFaults())],
    ['close-codes', table(['Close', '`code`', 'When', 'Retryable'], closeCodes())],
  ]);
}

/** `readme` with every table in its place. Throws when a place is missing. */
export function fill(readme: string, all: ReadonlyMap<string, string>): string {
  let filled = readme;
  for (const [name, text] of all) {
    const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
    const [from, to] = [filled.indexOf(begin), filled.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`there is no place for the table ${name}`);
    filled = `${filled.slice(0, from)}${begin}\n${text}\n${filled.slice(to)}`;
  }
  return filled;
}

function settings(): Row[] {
  return Object.values(SETTINGS).map(({ name, fallback, expected, what }) => {
    const shown = fallback === undefined ? '' : code(`${fallback}`);
    return [code(name), shown, expected, what];
  });
}

function metrics(): Row[] {
  return SERIES.map(({ name, type, help, labels = {} }) => {
    const all = Object.entries(labels).map(([label, words]) => labelled(label, words));
    return [code(name), type, all.join(', '), help];
  });
}

function labelled(label: string, words: readonly string[]): string {
  return words.length === 0 || words.length > WORDS_MAX
    ? code(label)
    : `${code(label)}: ${words.join(', ')}`;
}

function upstreamFaults(): Row[] {
  return FAULT_ROWS.map(({ codes, version, says, class: word }) => {
    const text = says?.map((words) => `“${words}”`).join(' or ') ?? 'any other';
    const status = codes.map(codeName).join(', ');
    return [
      version === undefined ? status : `${status} (${version})`,
      text,
      word,
      CLASSES[word].what,
    ];
  });
}

function closeCodes(): Row[] {
  const rows = Object.entries(CLOSE).map(([word, { close, when }]) => [
    `${close}`,
    code(word),
    when,
    isRetryable(close) ? 'yes' : 'no',
  ]);
  return [[`${CLOSE_DONE}`, '', '`finish` was answered by `summary`', ''], ...rows];
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.map(escaped).join(' | ')} |\n`;
  return [head, head.map(() => '---'), ...rows].map(line).join('');
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
