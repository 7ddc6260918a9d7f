/**
 * Drivers: the ways to make calls, by the names that a setting gives them. They take half a second to load.
 */
import type { Clock } from '../../clock.ts';
import { Beat } from './beat.ts';
import type { Driver, Version } from './driver.ts';
import type { DriverName } from './driver-choice.ts';
import { authOf, GoogleAccess, OPEN_ACCESS } from './http2/access.ts';
import { Http2Driver } from './http2/driver.ts';
import { Parcels } from './http2/parcels.ts';
import type { Place } from './library.ts';
import { LibraryDriver } from './library.ts';

/** Audio is gathered so long, for all streams; with a timer that is late, 5 ms. */
const DEPARTURES_MS = 4;

/** Makes drivers of that name, one for each connection; credentials are shared where they can be. */
export function driversOf(
  name: DriverName,
  version: Version,
  place: Place,
  clock: Clock,
): () => Driver {
  if (name === 'library') return () => new LibraryDriver(version, place, clock);
  const { host, isPlain, project } = place;
  const access = isPlain
    ? OPEN_ACCESS
    : new GoogleAccess(authOf(version, host, project), version, host);
  const departures = new Beat(clock, DEPARTURES_MS);
  const parcels = new Parcels();
  return () => new Http2Driver({ version, place, clock, departures, parcels, access });
}
