/**
 * Cycles: is everything given back, after ten thousand sessions that ended in every way?
 *
 * One worker, and one hundred phones at a time: each says a second of speech, and finishes, or is cut
 * off, or is refused, or comes back first; some of their streams fail at the emulator. Before and
 * after, the server's gauges are to be the same, and so its heap.
 */
import { imbalanceOf, sumOf } from '../chaos/sums.ts';
import { atLeast, atMost } from '../target.ts';
import type { Measured, Part } from './part.ts';
import { countsOf, until } from './part.ts';
import { Phone } from './phone.ts';
import { Rig } from './rig.ts';
import type { Speech } from './speech.ts';
import { speechesOf } from './speech.ts';

const CYCLES = 10_000;
/** After these the heap counts as the server's own. */
const WARM = 1_000;
const AT_ONCE = 100;
const FRAME_MS = 500;
/** Of ten cycles. */
const KINDS = [
  'finish',
  'finish',
  'finish',
  'finish',
  'cut',
  'cut',
  'refused',
  'resume',
  'resume',
  'leave',
] as const;
type Kind = (typeof KINDS)[number];
const FAULTS = [
  '--fault=do=unavailable at=audio:400 chance=0.02',
  '--fault=do=invalid-argument at=audio:600 chance=0.01',
];
const FINISH_MS_MAX = 30_000;
/** A connection to Google without streams is closed after a minute. */
const BACK_MS_MAX = 90_000;
const MB = 2 ** 20;
const HEAP_MB_MAX = 4;
/** Sums are of floating point numbers. */
const IMBALANCE_MAX = 1e-3;

const GAUGES = [
  'earshot_sessions',
  'earshot_slots_used',
  'earshot_slot_queue_depth',
  'earshot_tape_bytes',
  'earshot_audio_unsettled_seconds',
  'earshot_outbox_pressed',
  'earshot_google_channels',
] as const;

const HEAP = new URL('heap.js', import.meta.url).href;

/** Asks a server for its heap; it answers on its standard output. */
class Heap {
  #told: ((mb: number) => void) | undefined;

  line(line: string): void {
    const bytes = /^heap (\d+)/.exec(line)?.[1];
    if (bytes !== undefined) this.#told?.(Number(bytes) / MB);
  }

  /** In MB, buffers outside of V8 included. */
  ask(pid: number): Promise<number> {
    return new Promise((resolve) => {
      this.#told = resolve;
      process.kill(pid, 'SIGUSR2');
    });
  }
}

/** Says what came of it, in a word. */
async function cycle(url: string, speech: Speech, kind: Kind): Promise<string> {
  let isBack: (() => void) | undefined;
  const back = new Promise<void>((resolve) => {
    isBack = resolve;
  });
  const phone = new Phone({
    url,
    speech,
    ...(kind === 'refused' && { fields: { language: 'en-US', languages: ['en-US'] } }),
    onState: ({ state }) => {
      if (state === 'resumed' || state === 'ended') isBack?.();
    },
  });
  try {
    await phone.ready();
  } catch {
    return `${kind}: ${phone.errors.at(-1)}`;
  }
  phone.say();
  phone.say();
  if (kind === 'leave' || kind === 'cut') {
    if (kind === 'cut') phone.wire.cut();
    phone.close();
    return `${kind}: as asked`;
  }
  if (kind === 'resume') {
    phone.wire.cut();
    await back;
    phone.say();
  }
  const faults = await phone.finish(FINISH_MS_MAX);
  phone.close();
  if (faults.length === 0) return `${kind}: as asked`;
  return `${kind}: ${phone.errors.find((error) => error !== '1006 lost' && !error.endsWith('closed')) ?? faults[0]}`;
}

async function cycles(scale: number): Promise<Measured> {
  const total = Math.ceil(CYCLES * scale);
  const warm = Math.ceil(WARM * scale);
  const heap = new Heap();
  const settings = {
    EARSHOT_WORKERS: '1',
    EARSHOT_RESUME_GRACE_MS_MAX: '1000',
    EARSHOT_SLOTS_MAX: '400',
    EARSHOT_LOG_LEVEL: 'error',
  };
  const nodeOptions = ['--expose-gc', '--import', HEAP];
  const onLine = (line: string): void => heap.line(line);
  return await Rig.with({ settings, emulator: FAULTS, nodeOptions, onLine }, async (rig) => {
    const speeches = speechesOf(20, { ms: 3 * FRAME_MS, frameMs: FRAME_MS });
    const outcomes: string[] = [];
    let begun = 0;
    const lane = async (untilNth: number): Promise<void> => {
      while (begun < untilNth) {
        const nth = begun;
        begun += 1;
        const [speech, kind] = [speeches[nth % speeches.length], KINDS[nth % KINDS.length]];
        if (speech === undefined || kind === undefined) throw new Error('there is no speech');
        outcomes.push(await cycle(rig.url, speech, kind));
      }
    };
    const lanes = (untilNth: number): Promise<unknown> =>
      Promise.all(Array.from({ length: AT_ONCE }, () => lane(untilNth)));
    const gauges = async (): Promise<Record<string, number>> => {
      const text = await rig.metrics();
      const { open } = await rig.report();
      const values = GAUGES.map((name) => [name, sumOf(text, name)] as const);
      return { ...Object.fromEntries(values), 'streams open at the emulator': open.length };
    };
    /** The last connection to Google stays. */
    const atRest = JSON.stringify({
      ...Object.fromEntries(GAUGES.map((name) => [name, 0])),
      earshot_google_channels: 1,
      'streams open at the emulator': 0,
    });
    const rest = (): Promise<boolean> =>
      until(async () => JSON.stringify(await gauges()) === atRest, BACK_MS_MAX);
    await lanes(warm);
    await rest();
    const before = await gauges();
    const heapBeforeMb = await heap.ask(rig.server.pid);
    const fromMs = performance.now();
    await lanes(total);
    const seconds = (performance.now() - fromMs) / 1000;
    await rest();
    const after = await gauges();
    const heapAfterMb = await heap.ask(rig.server.pid);
    const text = await rig.metrics();
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    const figures = {
      cycles: outcomes.length,
      perSecond: (total - warm) / seconds,
      outcomes: countsOf(outcomes),
      before,
      after,
      heapMb: { before: heapBeforeMb, after: heapAfterMb },
      rssMb: await rig.rssMb(),
      receivedS: sumOf(text, 'earshot_audio_received_seconds_total'),
      imbalanceS: imbalanceOf(text),
      ends: Object.fromEntries(
        ['finished', 'lost', 'bad_config', 'upstream_rejected'].map((code) => [
          code,
          sumOf(text, 'earshot_session_ends_total', `code="${code}"`),
        ]),
      ),
      resumesHeld: sumOf(text, 'earshot_resumes_total', 'result="held"'),
    };
    return {
      figures,
      targets: [
        atLeast('sessions', total, figures.cycles),
        atMost('gauges that are not as before', 0, changed.length),
        atMost('gauges before that were not at rest', 0, JSON.stringify(before) === atRest ? 0 : 1),
        atMost('heap that was not given back, MB', HEAP_MB_MAX, heapAfterMb - heapBeforeMb),
        atMost(
          'audio not accounted for, ms',
          IMBALANCE_MAX * 1000,
          Math.abs(figures.imbalanceS) * 1000,
        ),
      ],
    };
  });
}

export const CYCLES_PART: Part = {
  name: 'cycles',
  question: 'is everything given back after 10,000 sessions that ended in every way?',
  run: cycles,
};
