/**
 * Thread: the entry of the worker thread that hears.
 *
 * Checks the models, loads them, and then passes messages on. What it can't do without, and any
 * exception, makes the thread fail and end; the recognizer on the other side starts another.
 */
import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../clock.ts';
import { EarshotError, messageOf } from '../../errors.ts';
import { MoonshineDecoder } from './decoder.ts';
import type { Engine } from './hearings.ts';
import { Hearings } from './hearings.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import { requireModels } from './models.ts';
import { loadSherpa } from './sherpa.ts';
import { SileroPool } from './voice.ts';

assert(parentPort !== null);
const port = parentPort;
const say = (message: FromThread): void => port.postMessage(message);

/** Detectors made before the first stream: making one holds up all streams for 75 ms. */
const VOICES_READY = 2;

async function loadEngine({ modelsDir, decodesMax }: ThreadData): Promise<Engine> {
  const sherpa = loadSherpa();
  await requireModels(modelsDir);
  return {
    clock: systemClock,
    voices: new SileroPool(sherpa, modelsDir, VOICES_READY),
    newResampler: (fromRate, toRate) => new sherpa.LinearResampler(fromRate, toRate),
    decoder: await MoonshineDecoder.load(sherpa, modelsDir),
    decodesMax,
  };
}

function serve(engine: Engine): void {
  const hearings = new Hearings(engine, say);
  // Ending this thread while native code decodes for it would abort the whole process.
  const close = (): unknown => hearings.close().then(() => port.close());
  process.on('uncaughtException', (thrown) => {
    fail(thrown);
    close();
  });
  port.on('message', (message: ToThread) => {
    if (message.type === 'close') close();
    else hearings.receive(message);
  });
  say({ type: 'ready' });
}

function fail(thrown: unknown): void {
  const code = thrown instanceof EarshotError ? thrown.code : 'recognizer_failed';
  say({ type: 'failed', code, message: messageOf(thrown) });
}

try {
  // What the other side says meanwhile waits in the port.
  serve(await loadEngine(workerData as ThreadData));
} catch (thrown) {
  fail(thrown);
}
