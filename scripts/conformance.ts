/**
 * Conformance: is this a client, or a server, of earshot.v1?
 *
 *   npm run conformance -- --client 'COMMAND {url}' [--without store,token,gap,finalize]
 *   npm run conformance -- --server ws://HOST:PORT/v1/stream [--token TOKEN] [--speech FILE.wav]
 *   npm run conformance                the TypeScript client, as any other
 *
 * [--only TEXT] plays the cases whose names hold it, [--jobs 12] how many at once, [--slack 1500] allows a
 * thing to come so many ms later than it should. test/conformance/README.md says what the command must do.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import PQueue from 'p-queue';
import { clientCases, serverCases } from '../test/conformance/case.ts';
import { playProgram } from '../test/conformance/program.ts';
import { playServerCase } from '../test/conformance/server-play.ts';
import { clip } from '../test/speech/embedded/recorded-speech.ts';

const { values } = parseArgs({
  options: {
    client: { type: 'string' },
    server: { type: 'string' },
    token: { type: 'string' },
    speech: { type: 'string' },
    without: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string' },
    slack: { type: 'string', default: '1500' },
  },
});

const TYPESCRIPT = fileURLToPath(
  new URL('../test/conformance/typescript-client.js', import.meta.url),
);

interface Play {
  readonly name: string;
  readonly see: string;
  play(): Promise<string[]>;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** LINEAR16 at 16,000 Hz without the header of its file. */
function speech(): Uint8Array {
  if (values.speech === undefined) return clip('long');
  const wav = readFileSync(values.speech);
  const data = wav.indexOf('data');
  const isRight = wav.readUInt16LE(22) === 1 && wav.readUInt32LE(24) === 16_000;
  if (data >= 0 && isRight && wav.readUInt16LE(34) === 16) return wav.subarray(data + 8);
  throw new Error(`${values.speech} is no WAV file of 16 bits, one channel and 16,000 Hz`);
}

function plays(): Play[] {
  if (values.server !== undefined) {
    const target = { url: values.server, token: values.token, speech: speech() };
    return serverCases().map((one) => ({ ...one, play: () => playServerCase(one, target) }));
  }
  const lacks = values.without.split(',');
  const slackMs = Number(values.slack);
  const command = values.client ?? `'${process.execPath}' '${TYPESCRIPT}' {url}`;
  const cases = clientCases();
  const left = cases.filter(({ needs }) => !needs.some((need) => lacks.includes(need)));
  if (left.length < cases.length) print(`${cases.length - left.length} cases left out`);
  return left.map((one) => ({ ...one, play: () => playProgram(one, { command, slackMs }) }));
}

const all = plays().filter(({ name }) => name.includes(values.only));
let failed = 0;
const queue = new PQueue({
  concurrency: Number(values.jobs ?? (values.server === undefined ? 12 : 3)),
});
await queue.addAll(
  all.map(({ name, see, play }) => async () => {
    const wrong = await play();
    print(`${wrong.length === 0 ? 'ok' : 'FAILED'}: ${name}`);
    if (wrong.length === 0) return;
    failed += 1;
    for (const each of wrong) print(`  ${each}`);
    print(`  see PROTOCOL.md#${see}`);
  }),
);
print(`${all.length - failed} of ${all.length} cases passed`);
process.exitCode = failed > 0 || all.length === 0 ? 1 : 0;
