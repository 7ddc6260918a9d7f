/**
 * TypescriptClient: the TypeScript client as a command that the kit can test: commands in, messages out.
 */
import { createInterface } from 'node:readline';
import { connect } from '../../src/client/node.ts';
import { adapterOf } from './adapter.ts';

const take = adapterOf(connect, (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
});
const commands = createInterface({ input: process.stdin });
commands.on('line', (line) => take(JSON.parse(line)));
commands.on('close', () => process.exit());
