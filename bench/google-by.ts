/**
 * Google by: the Google recognizer on any driver, those of peers too.
 */
import type { Clock } from '../src/clock.ts';
import type { Driver } from '../src/speech/google/driver.ts';
import { driversOf } from '../src/speech/google/drivers.ts';
import { GoogleRecognizer } from '../src/speech/google/recognizer.ts';
import { StreamingDriver } from './peers/streaming-driver.ts';

function newDriverOf(name: string, port: number, clock: Clock): () => Driver {
  if (name === 'streaming') return () => new StreamingDriver(port);
  if (name !== 'http2' && name !== 'library') throw new Error(`'${name}' is no driver`);
  const place = { host: '127.0.0.1', port, isPlain: true, project: 'p' };
  return driversOf(name, 'v1', place, clock);
}

/** `endpoint`: HOST:PORT on this machine. */
export function googleBy(name: string, endpoint: string, clock: Clock): GoogleRecognizer {
  const port = Number(endpoint.split(':').at(-1));
  return new GoogleRecognizer({
    clock,
    account: { version: 'v1', project: 'p', location: 'global', model: undefined },
    newDriver: newDriverOf(name, port, clock),
    rotation: { softMs: 240_000, jitterMs: 15_000, hardMs: 290_000 },
    starts: undefined,
  });
}
