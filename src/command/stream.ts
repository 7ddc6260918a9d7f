/**
 * Stream: `earshot stream FILE|-`, audio to a server and its transcript to the terminal.
 *
 * It knows no argument parser and no signal: main.ts has both.
 */
import type { Readable } from 'node:stream';
import cliProgress from 'cli-progress';
import { connect as connectNode } from '../client/node.ts';
import type { StreamState } from '../client/options.ts';
import { OWN_CODES, StreamError } from '../client/problem.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Terminal } from '../log.ts';
import type { ServerMessage } from '../wire/message.ts';
import { Captions, LiveLine, printable, timeOf } from './captions.ts';
import type { AudioSource } from './input.ts';
import { openFile, openStdin, sendPaced } from './input.ts';
import { hopeless, storyOf } from './story.ts';
import { RATE_MAX, RATE_MIN } from './wav.ts';

const SPEED_MAX = 1_000;

export interface StreamCommandOptions {
  /** A path, or `-` for standard input. */
  readonly file: string;
  /** `ws://127.0.0.1:8080/v1/stream`. */
  readonly url: string;
  /** Times real time, 0..1,000; 0 is as fast as the window lets. */
  readonly speed: number;
  /** Every server message as one line of JSON on standard output, and nothing else there. */
  readonly json: boolean;
  /** BCP-47: `en-US`. */
  readonly language: string;
  /**
   * Samples a second of raw 16-bit PCM, 8,000..48,000. Undefined: 16,000 for standard input, and a
   * file must be a WAV. A WAV says its own rate, wherever it comes from.
   */
  readonly rate?: number | undefined;
  readonly token?: string | undefined;
}

export interface StreamCommandPorts {
  readonly clock: Clock;
  /** Standard output: the transcript, or JSON. */
  readonly terminal: Terminal;
  /** Standard error: problems, reconnects, and the progress when the transcript goes elsewhere. */
  readonly complaints: Terminal;
  readonly stdin: Readable;
  /** Aborted: no more input, and what came is finished and summed up. */
  readonly stop?: AbortSignal | undefined;
  /** Another client than that for Node. */
  readonly connect?: typeof connectNode | undefined;
}

/** The exit code: 0 the summary came, 1 it didn't, 2 the options make no sense. */
export async function streamCommand(
  options: StreamCommandOptions,
  ports: StreamCommandPorts,
): Promise<number> {
  const complain = (text: string): void => {
    ports.complaints.write(`earshot stream: ${printable(text)}\n`);
  };
  const misuse = misuseOf(options);
  if (misuse !== undefined) {
    complain(misuse);
    return 2;
  }
  const over = new AbortController();
  const signals = ports.stop === undefined ? [over.signal] : [over.signal, ports.stop];
  const signal = AbortSignal.any(signals);
  try {
    const { file, rate } = options;
    const source = await (file === '-'
      ? openStdin(ports.stdin, rate, signal)
      : openFile(file, rate, signal));
    if (typeof source === 'string') {
      complain(source);
      return 1;
    }
    await transcribe(source, options, ports, { signal, onEnd: () => over.abort() });
    return 0;
  } catch (error) {
    const isStopped = ports.stop?.aborted === true && !(error instanceof StreamError);
    complain(isStopped ? 'stopped before any audio came' : sentenceOf(error));
    return 1;
  } finally {
    over.abort();
  }
}

function misuseOf({ speed, rate, url }: StreamCommandOptions): string | undefined {
  if (!(speed >= 0 && speed <= SPEED_MAX)) {
    return `--speed is ${speed}, expected a number from 0 to ${SPEED_MAX}`;
  }
  if (rate !== undefined && !(Number.isInteger(rate) && rate >= RATE_MIN && rate <= RATE_MAX)) {
    return `--rate is ${rate}, expected an integer from ${RATE_MIN} to ${RATE_MAX}`;
  }
  if (!(URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol))) {
    return `--url is '${url}', expected ws://HOST:PORT/v1/stream or wss://...`;
  }
  return undefined;
}

/** An error of the server is named by its word, which the README explains. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof StreamError)) return messageOf(error);
  const { code, message, retryAfterMs } = error;
  const notes: string[] = OWN_CODES.some((own) => own === code) ? [] : [code];
  if (retryAfterMs !== undefined) notes.push(`try again in ${Math.ceil(retryAfterMs / 1000)} s`);
  return notes.length === 0 ? message : `${message} (${notes.join('; ')})`;
}

interface Life {
  /** Aborted: send no more. */
  readonly signal: AbortSignal;
  onEnd(): void;
}

/** Throws the StreamError of a session that ends without a summary. */
async function transcribe(
  source: AudioSource,
  { url, token, json, language, speed }: StreamCommandOptions,
  { clock, terminal, complaints, connect = connectNode }: StreamCommandPorts,
  { signal, onEnd }: Life,
): Promise<void> {
  const view = json ? jsonView(terminal, complaints) : captionView(terminal, complaints);
  const start = { ...source.format, language };
  const onMessage = (message: ServerMessage): void => view.show(message);
  let session: string | undefined;
  let never: StreamError | undefined;
  const onState = (state: StreamState): void => {
    if (state.state === 'live') session = state.session;
    never ??= session === undefined ? hopeless(state) : undefined;
    const story = storyOf(state);
    if (never !== undefined) stream.close();
    else if (story !== undefined) view.note(`earshot stream: ${story}\n`);
  };
  const stream = connect({ url, token, start, onMessage, onState, onEnd }, { clock });
  try {
    await stream.ready().catch((error: unknown) => {
      throw never ?? error;
    });
    const onSent = (ms: number): void => {
      if (source.audioMs !== undefined) view.progress(barOf(ms, source.audioMs, view.columns));
    };
    await sendPaced(stream, source, { clock, speed, onSent }, signal);
    await stream.finish();
  } finally {
    stream.close();
    view.end();
  }
}

/** What is seen of a session: its messages, and how far the audio has come. */
interface View {
  readonly columns: number;
  show(message: ServerMessage): void;
  progress(text: string): void;
  /** `line` goes to standard error, beside whatever is shown. */
  note(line: string): void;
  end(): void;
}

/** The progress shares the live line of the captions, where there is one. */
function captionView(terminal: Terminal, complaints: Terminal): View {
  const captions = new Captions(terminal);
  const apart = terminal.isTty ? undefined : new LiveLine(complaints);
  return {
    columns: terminal.columns,
    show: (message) => captions.show(message),
    progress(text) {
      if (apart === undefined) captions.progress = text;
      else apart.show(text);
    },
    note(line) {
      apart?.clear();
      captions.aside(() => complaints.write(line));
    },
    end() {
      captions.end();
      apart?.clear();
    },
  };
}

/** JSON that scrolls on the same screen leaves no place for progress. */
function jsonView(terminal: Terminal, complaints: Terminal): View {
  const line = new LiveLine(complaints);
  return {
    columns: complaints.columns,
    show: (message) => terminal.write(`${JSON.stringify(message)}\n`),
    progress(text) {
      if (!terminal.isTty) line.show(text);
    },
    note(text) {
      line.clear();
      complaints.write(text);
    },
    end: () => line.clear(),
  };
}

const BAR_COLUMNS_MAX = 20;

/** `[====----]  40 % 00:02.00 / 00:05.00  `: the bar takes an eighth of a line. */
function barOf(ms: number, totalMs: number, columns: number): string {
  const barsize = Math.min(BAR_COLUMNS_MAX, Math.floor(columns / 8));
  const progress = totalMs === 0 ? 1 : Math.min(1, ms / totalMs);
  return cliProgress.Format.Formatter(
    {
      format: `[{bar}] {percentage} % ${timeOf(ms)} / ${timeOf(totalMs)}  `,
      barsize,
      barCompleteString: '='.repeat(barsize),
      barIncompleteString: '-'.repeat(barsize),
      barGlue: '',
      autopadding: true,
      autopaddingChar: '   ',
    },
    { progress, total: totalMs, value: ms, maxWidth: columns, eta: 0, startTime: 0, stopTime: 1 },
    {},
  );
}
