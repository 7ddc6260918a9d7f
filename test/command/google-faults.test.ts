/**
 * The proof over everything that is real but Google: the project's client, a started server, each
 * driver and the emulator behind a port. Words are counted in what the client heard.
 */
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/client/node.ts';
import { DRIVERS } from '../../src/speech/google/driver-choice.ts';
import type { ServerMessage, Summary } from '../../src/wire/message.ts';
import type { Fault, Moment } from '../emulator/faults.ts';
import { VERSIONS } from '../emulator/limits.ts';
import { randomOf } from '../emulator/random.ts';
import type { Chatter } from '../emulator/voice.ts';
import { chatter, linear16, numbersIn, Speaker, take } from '../emulator/voice.ts';
import { expectBalance } from '../fakes/session-end.ts';
import { RATE } from '../speech/google/rigs.ts';
import { GoogleRig } from './google-rig.ts';

const FRAME_MS = 100;
/** After the last word: enough for it to be whole, and no reason for another stream. */
const TAIL_MS = 300;

interface Heard {
  readonly words: readonly number[];
  readonly spoken: readonly number[];
  readonly summary: Summary;
  readonly degraded: number;
}

/** Says `count` words to the server as fast as it takes them. */
async function tell(rig: GoogleRig, count: number, manner: Partial<Chatter>): Promise<Heard> {
  const finals: Extract<ServerMessage, { type: 'final' }>[] = [];
  const stream = connect({
    url: rig.server.url,
    start: { encoding: 'LINEAR16', sampleRateHertz: RATE },
    onMessage: (message) => {
      if (message.type === 'final') finals.push(message);
    },
  });
  const plan = take(count, chatter(randomOf(7), manner));
  const totalMs = plan.reduce((sum, { ms, pauseMs }) => sum + ms + pauseMs, TAIL_MS);
  const speaker = new Speaker(plan, RATE);
  for (let at = 0; at < totalMs; at += FRAME_MS) {
    if (!stream.write(linear16(speaker.read((RATE * FRAME_MS) / 1000)))) await stream.drained();
  }
  const summary = await stream.finish();
  return {
    words: finals.flatMap(({ text }) => numbersIn(text)),
    spoken: plan.map(({ number }) => number),
    summary,
    degraded: finals.filter(({ degraded }) => degraded).length,
  };
}

function expectWhole({ words, spoken, summary, degraded }: Heard): void {
  expect(words).toEqual(spoken);
  expect(degraded).toBe(0);
  expect(summary.droppedMs).toEqual({ overrun: 0, upstream: 0 });
  expectBalance(summary);
}

/** All audio at once, so that a case takes no longer than its faults. */
const AT_ONCE = { EARSHOT_PACE_BURST_MS: '60000' };
const PAUSES = { breathEvery: 5 };

const STREAMING: Moment = { at: 'audio', ms: 2_500 };
/** And how many streams there are in all. GOAWAY lets those that run go on. */
const CASES: readonly (readonly [name: string, what: Fault, when: Moment, streams: number])[] = [
  ['UNAVAILABLE while it streams', { kind: 'status', code: 'UNAVAILABLE' }, STREAMING, 2],
  ['a reset while it streams', { kind: 'rst-stream', errorCode: 2 }, STREAMING, 2],
  ['a cut connection', { kind: 'cut' }, STREAMING, 2],
  ['GOAWAY', { kind: 'goaway' }, STREAMING, 1],
  ['the limit of its life', { kind: 'limit', limit: 'duration' }, STREAMING, 2],
  ['a quota that is exceeded', { kind: 'limit', limit: 'concurrent' }, { at: 'open' }, 2],
  ['INTERNAL when it finishes', { kind: 'status', code: 'INTERNAL' }, { at: 'half-close' }, 2],
];

const WAYS = DRIVERS.flatMap((name) => VERSIONS.map((version) => [name, version] as const));

describe.each(WAYS)('A client of a server by %s on Google %s', (name, version) => {
  it.each(CASES)(
    'hears every word once though its stream meets %s',
    async (...[, what, when, streams]) => {
      const rig = await GoogleRig.start({
        settings: { EARSHOT_GOOGLE_DRIVER: name, EARSHOT_GOOGLE_API: version, ...AT_ONCE },
        emulator: { faults: [{ what, when, timesMax: 1 }] },
      });
      const heard = await tell(rig, 20, PAUSES);
      expectWhole(heard);
      expect(heard.summary.streams).toBe(streams);
      await rig.close();
      expect(rig.emulator.report()).toMatchObject({ open: [], oversized: 0, starts: streams });
    },
  );
});

describe('Clients of a server on Google whose streams grow old', () => {
  it.concurrent.each(WAYS)('hear every word once, by %s, %s', async (name, version) => {
    const rig = await GoogleRig.start({
      settings: {
        EARSHOT_GOOGLE_DRIVER: name,
        EARSHOT_GOOGLE_API: version,
        EARSHOT_ROTATE_SOFT_MS: '1000',
        EARSHOT_ROTATE_HARD_MS: '1600',
        // Live: streams grow old while they are spoken to.
        EARSHOT_PACE_BURST_MS: '1000',
        EARSHOT_PACE_SPEED: '2',
      },
    });
    const never = { breathEvery: 1e9, breathMs: [100, 100], gapMs: [0, 60] } as const;
    const both = await Promise.all([tell(rig, 14, { breathEvery: 4 }), tell(rig, 14, never)]);
    for (const heard of both) {
      expectWhole(heard);
      expect(heard.summary.streams).toBeGreaterThanOrEqual(3);
    }
    // Which of the two it is depends on how fast this machine is: virtual time has tests of each.
    const inPause = await rig.metric('earshot_stream_cuts_total{how="pause"}');
    const inSpeech = await rig.metric('earshot_stream_cuts_total{how="hard"}');
    expect(inPause + inSpeech).toBeGreaterThanOrEqual(4);
    expect(await rig.metric('earshot_stream_cuts_total{how="plain"}')).toBe(0);
    expect(await rig.metric('earshot_streams_total{cause="retry"}')).toBe(0);
    const streams = both.reduce((sum, { summary }) => sum + summary.streams, 0);
    const ends = 'earshot_google_stream_ends_total{code="OK",class="finished"}';
    expect(await rig.metric(ends)).toBe(streams);
    await rig.close();
    expect(rig.emulator.report()).toMatchObject({ open: [], ends: { OK: streams } });
  });
});
