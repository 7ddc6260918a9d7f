/**
 * Conformance: is this a client, or a server, of earshot.v1?
 *
 *   npm run conformance -- --client 'COMMAND {url}' [--without store,token,gap,finalize,network]
 *   npm run conformance -- --server ws://HOST:PORT/v1/stream [--token TOKEN] [--speech FILE.wav]
 *   npm run conformance                the TypeScript client, as any other
 *   npm run conformance -- [--client ...] --talk 60        so many seconds of words, on a bad network
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
import { talk } from '../test/conformance/talk.ts';
import { clip } from '../test/speech/embedded/recorded-speech.ts';

const { values } = parseArgs({
  options: {
    client: { type: 'string' },
    server: { type: 'string' },
    token: { type: 'string' },
    speech: { type: 'string' },
    talk: { type: 'string' },
    without: { type: 'string' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string' },
    slack: { type: 'string', default: '1500' },
  },
});

const TYPESCRIPT = fileURLToPath(
  new URL('../test/conformance/typescript-client.js', import.meta.url),
);

const command = values.client ?? `'${process.execPath}' '${TYPESCRIPT}' {url}`;

interface Play {
  readonly name: string;
  readonly see: string;
  play(): Promise<string[]>;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A typo in an option would pass for a wish. */
function numberOf(option: 'jobs' | 'slack' | 'talk', text: string, min: number): number {
  const number = Number(text);
  if (text !== '' && Number.isFinite(number) && number >= min) return number;
  throw new Error(`--${option} is '${text}', expected a number from ${min} on`);
}

function lacking(text: string): string[] {
  const known = new Set<string>(clientCases().flatMap(({ needs }) => needs));
  const lacks = text.split(',').filter((each) => each !== '');
  const unknown = lacks.find((each) => !known.has(each));
  if (unknown === undefined) return lacks;
  throw new Error(`--without has '${unknown}', expected any of ${[...known].join(', ')}`);
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
  const lacks: readonly string[] = lacking(
    values.without ?? (values.client === undefined ? 'network' : ''),
  );
  const slackMs = numberOf('slack', values.slack, 0);
  const cases = clientCases();
  const left = cases.filter(({ needs }) => !needs.some((need) => lacks.includes(need)));
  if (left.length < cases.length) print(`${cases.length - left.length} cases left out`);
  return left.map((one) => ({ ...one, play: () => playProgram(one, { command, slackMs }) }));
}

async function playAll(): Promise<boolean> {
  const all = plays().filter(({ name }) => name.includes(values.only));
  let failed = 0;
  const jobs = values.jobs ?? (values.server === undefined ? '12' : '3');
  const queue = new PQueue({ concurrency: numberOf('jobs', jobs, 1) });
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
  return failed === 0 && all.length > 0;
}

async function talkFor(seconds: number): Promise<boolean> {
  const { wrong, words, cuts, freezes, resumed } = await talk(command, seconds);
  const { held, taken } = resumed;
  print(`${words} words in ${seconds} s; ${cuts} connections cut, ${freezes} silenced, 1 crash`);
  print(`resumed ${held + taken} times, ${taken} of them from the token alone`);
  for (const each of wrong) print(`  ${each}`);
  print(wrong.length === 0 ? 'ok: every word once' : 'FAILED');
  return wrong.length === 0;
}

const { talk: seconds } = values;
const passed =
  seconds === undefined ? await playAll() : await talkFor(numberOf('talk', seconds, 1));
process.exitCode = passed ? 0 : 1;
