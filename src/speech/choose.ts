/**
 * Choose: which recognizer serves this process, and why.
 */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { EarshotError } from '../errors.ts';
import { MODELS_DIR, requireModels } from './embedded/models.ts';
import { EmbeddedRecognizer } from './embedded/recognizer.ts';
import type { Env } from './google/credentials.ts';
import { findCredentials, isLoopback, placeOf } from './google/credentials.ts';
import type { DriverChoice } from './google/driver-choice.ts';
import { chooseDriver } from './google/driver-choice.ts';
import type { GoogleEvents } from './google/events.ts';
import { GoogleRecognizer } from './google/recognizer.ts';
import type { Recognizer } from './recognizer.ts';
import type { StartSource } from './starts.ts';

export type Wish = Pick<
  Config,
  | 'recognizer'
  | 'modelsDir'
  | 'googleEndpoint'
  | 'googleApi'
  | 'googleDriver'
  | 'googleProject'
  | 'googleLocation'
  | 'googleModel'
  | 'rotateSoftMs'
  | 'rotateHardMs'
  | 'startsPerMinuteMax'
>;

interface Reasons {
  /** "Moonshine Tiny, English" */
  readonly what: string;
  /** "no credentials of Google were found" */
  readonly why: string;
}

/** What would be taken, in words, without loading anything. */
export type Choice = Reasons &
  (
    | { readonly name: 'embedded'; readonly modelsDir: string }
    | {
        readonly name: 'google';
        readonly project: string | undefined;
        readonly driver: DriverChoice;
        readonly wish: Wish;
      }
  );

/** How calls are let in, in words, and whose they are. */
interface Access {
  readonly how: string;
  readonly project: string | undefined;
  readonly driver: DriverChoice;
}

/** The project of an emulator, which asks for none. */
const EMULATED = 'emulated';
/** A share of the soft age, by which sessions differ. */
const JITTER = 1 / 16;

/** Throws `config_invalid` when what is wished for is not to be had. */
export function choose(wish: Wish, env: Env = {}): Choice {
  const { recognizer, googleEndpoint } = wish;
  if (recognizer === 'embedded') return embedded(wish, 'EARSHOT_RECOGNIZER says so');
  if (googleEndpoint !== undefined && isLoopback(googleEndpoint)) {
    const driver = chooseDriver(wish.googleDriver, {});
    const access = { how: 'without credentials', project: EMULATED, driver };
    return google(wish, access, 'EARSHOT_GOOGLE_ENDPOINT is on this machine');
  }
  const found = findCredentials(env);
  if ('none' in found) {
    if (recognizer === 'auto') return embedded(wish, found.none);
    throw new EarshotError('config_invalid', 'edge', noCredentials(found.none));
  }
  const why = recognizer === 'google' ? 'EARSHOT_RECOGNIZER says so' : 'credentials were found';
  const driver = chooseDriver(wish.googleDriver, env);
  return google(wish, { how: `by ${found.where}`, project: found.project, driver }, why);
}

function noCredentials(why: string): string {
  return `EARSHOT_RECOGNIZER is 'google', and ${why}: set GOOGLE_APPLICATION_CREDENTIALS to a key file, or run "gcloud auth application-default login", or set EARSHOT_RECOGNIZER to embedded`;
}

function embedded({ modelsDir }: Wish, why: string): Choice {
  const what = 'Moonshine Tiny, English, runs on this machine';
  return { name: 'embedded', what, why, modelsDir: modelsDir ?? MODELS_DIR };
}

function google(wish: Wish, access: Access, why: string): Choice {
  const { googleApi: version, googleProject, googleLocation: location, googleEndpoint } = wish;
  const project = googleProject ?? access.project;
  if (version === 'v2' && project === undefined) {
    const message =
      'EARSHOT_GOOGLE_API is v2, and the credentials name no project: set EARSHOT_GOOGLE_PROJECT';
    throw new EarshotError('config_invalid', 'edge', message);
  }
  const { host, port } = placeOf(googleEndpoint, { version, location, project });
  const of = project === undefined ? '' : `, project ${project}`;
  const what = `Cloud Speech-to-Text ${version} at ${host}:${port}${of}, ${access.how}`;
  return { name: 'google', what, why, project, driver: access.driver, wish };
}

/**
 * Checks and loads it, or throws `model_invalid` or `recognizer_failed`. `starts`: who says whether a stream
 * may start, where this process doesn't.
 */
export async function load(
  choice: Choice,
  clock: Clock,
  events?: GoogleEvents,
  starts?: StartSource,
): Promise<Recognizer> {
  if (choice.name === 'google') return loadGoogle(choice, clock, events, starts);
  await requireModels(choice.modelsDir);
  const recognizer = new EmbeddedRecognizer({ clock, modelsDir: choice.modelsDir });
  await recognizer.start();
  return recognizer;
}

async function loadGoogle(
  { project, driver, wish }: Choice & { name: 'google' },
  clock: Clock,
  events: GoogleEvents | undefined,
  starts: StartSource | undefined,
): Promise<Recognizer> {
  const { googleApi: version, googleLocation: location, googleModel: model } = wish;
  const { rotateSoftMs: softMs, rotateHardMs: hardMs, startsPerMinuteMax } = wish;
  // Google's library takes half a second to load: only where it is used.
  const { driversOf } = await import('./google/drivers.ts');
  const place = placeOf(wish.googleEndpoint, { version, location, project });
  return new GoogleRecognizer({
    clock,
    account: { version, project, location, model },
    newDriver: driversOf(driver.name, version, place, clock),
    rotation: { softMs, jitterMs: Math.round(softMs * JITTER), hardMs },
    starts: starts ?? (startsPerMinuteMax === 0 ? undefined : startsPerMinuteMax),
    events,
  });
}
