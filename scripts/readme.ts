/**
 * Readme: writes the README's tables anew from the code. Run it by `npm run readme`.
 *
 * npm runs it in the folder of package.json, where the README is.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fill, tables } from './tables.ts';

const FILE = 'README.md';

const before = await readFile(FILE, 'utf8');
const after = fill(before, tables());
if (after !== before) await writeFile(FILE, after);
process.stdout.write(after === before ? `${FILE} was right already\n` : `${FILE} is new\n`);
