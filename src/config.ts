/**
 * Configuration: every setting, once: name, default, unit, range, sentence.
 *
 * Settings are environment variables that begin with EARSHOT_. They are parsed strictly, and all
 * that is wrong is said at once; a misspelt name is an error too. The README's table is this one.
 */
import { readFileSync } from 'node:fs';
import { EarshotError, messageOf } from './errors.ts';
import { LOG_LEVELS } from './log.ts';

type Parse<T> = (text: string) => T | undefined;

interface Setting<T> {
  readonly name: string;
  readonly fallback: T;
  /** What a value may be, for error messages and the README. */
  readonly expected: string;
  /** One sentence for the person who sets it. */
  readonly what: string;
  readonly parse: Parse<T>;
  /** Its value is shown nowhere. */
  readonly isSecret?: true;
}

type Row = readonly [name: string, what: string];

function int([name, what]: Row, fallback: number, min: number, max: number): Setting<number> {
  const parse = (text: string): number | undefined => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    return value !== undefined && value >= min && value <= max ? value : undefined;
  };
  return { name, what, fallback, expected: `an integer from ${min} to ${max}`, parse };
}

/** An integer, or undefined when the recognizer is to choose. */
function intOrAuto([name, what]: Row, min: number, max: number): Setting<number | undefined> {
  return { ...int([name, what], 0, min, max), fallback: undefined };
}

function word<const T extends string>(
  [name, what]: Row,
  fallback: T,
  words: readonly T[],
): Setting<T> {
  const parse = (text: string): T | undefined => words.find((allowed) => allowed === text);
  return { name, what, fallback, expected: words.join(' or '), parse };
}

function text(
  [name, what]: Row,
  fallback: string,
  expected: string,
  pattern: RegExp,
): Setting<string> {
  const parse = (value: string): string | undefined => (pattern.test(value) ? value : undefined);
  return { name, what, fallback, expected, parse };
}

/** A text, or undefined when it isn't set. */
function maybe(row: Row, expected: string, pattern: RegExp): Setting<string | undefined> {
  return { ...text(row, '', expected, pattern), fallback: undefined };
}

function file([name, what]: Row): Setting<string | undefined> {
  return { ...text([name, what], '', 'the path of a file', /./), fallback: undefined };
}

/** Several of `words`, or undefined when it isn't set. */
function words<const T extends string>(
  [name, what]: Row,
  all: readonly T[],
): Setting<readonly T[] | undefined> {
  const known = (text: string): text is T => all.some((allowed) => allowed === text);
  const parse = (text: string): readonly T[] | undefined => {
    const parts = text.split(',').map((part) => part.trim());
    return parts.every(known) ? parts : undefined;
  };
  return {
    name,
    what,
    fallback: undefined,
    expected: `one or several of ${all.join(', ')}`,
    parse,
  };
}

/** Texts, or undefined when it isn't set. */
function texts(
  [name, what]: Row,
  expected: string,
  pattern: RegExp,
): Setting<readonly string[] | undefined> {
  const parse = (text: string): readonly string[] | undefined => {
    const parts = text.split(',').map((part) => part.trim());
    return parts.every((part) => pattern.test(part)) ? parts : undefined;
  };
  return { name, what, fallback: undefined, expected, parse };
}

/** A secret, or undefined when it isn't set. */
function secret(row: Row, charsMin: number): Setting<string | undefined> {
  const pattern = new RegExp(`^[!-~]{${charsMin},1000}$`);
  const expected = `${charsMin} printable characters or more, without spaces`;
  return { ...maybe(row, expected, pattern), isSecret: true };
}

const HOST = /^[A-Za-z0-9.:_-]+$/;
const WORD = /^[A-Za-z0-9-]{2,35}$/;
const HOUR = 3_600_000;

/** What may come from one address, device or fleet, for each worker; 0 is any number. */
function gateSettings() {
  const connects = (whose: string, name: string, fallback: number) =>
    int(
      [name, `Connections that ${whose} may open in a minute; 0 is any number.`],
      fallback,
      0,
      1e7,
    );
  const sessions = (whose: string, name: string, fallback: number) =>
    int([name, `Connections that ${whose} may have at once; 0 is any number.`], fallback, 0, 1e6);
  const bytes = (whose: string, name: string, fallback: number) =>
    int(
      [name, `Bytes that ${whose} may send a second, and 20 s' worth at once; 0 is any number.`],
      fallback,
      0,
      1e10,
    );
  const messages = (whose: string, name: string, fallback: number) =>
    int(
      [name, `Messages that ${whose} may send a second, and 20 s' worth at once; 0 is any number.`],
      fallback,
      0,
      1e7,
    );
  const [address, device, fleet] = ['one address', 'one device', 'one fleet'] as const;
  const unlessHere = (what: string, most: string): string =>
    `${what} that one address may have; by default ${most}, and any number from this machine. 0 is any number.`;
  return {
    addressConnectsPerMinuteMax: intOrAuto(
      ['EARSHOT_ADDRESS_CONNECTS_PER_MINUTE_MAX', unlessHere('Connections a minute', '1,200')],
      0,
      1e7,
    ),
    addressSessionsMax: intOrAuto(
      ['EARSHOT_ADDRESS_SESSIONS_MAX', unlessHere('Connections at once', '2,000')],
      0,
      1e6,
    ),
    addressBytesPerSecondMax: bytes(address, 'EARSHOT_ADDRESS_BYTES_PER_SECOND_MAX', 0),
    addressMessagesPerSecondMax: messages(address, 'EARSHOT_ADDRESS_MESSAGES_PER_SECOND_MAX', 0),
    deviceConnectsPerMinuteMax: connects(device, 'EARSHOT_DEVICE_CONNECTS_PER_MINUTE_MAX', 60),
    deviceSessionsMax: sessions(device, 'EARSHOT_DEVICE_SESSIONS_MAX', 8),
    deviceBytesPerSecondMax: bytes(device, 'EARSHOT_DEVICE_BYTES_PER_SECOND_MAX', 1_000_000),
    deviceMessagesPerSecondMax: messages(device, 'EARSHOT_DEVICE_MESSAGES_PER_SECOND_MAX', 500),
    fleetConnectsPerMinuteMax: connects(fleet, 'EARSHOT_FLEET_CONNECTS_PER_MINUTE_MAX', 0),
    fleetSessionsMax: sessions(fleet, 'EARSHOT_FLEET_SESSIONS_MAX', 0),
    fleetBytesPerSecondMax: bytes(fleet, 'EARSHOT_FLEET_BYTES_PER_SECOND_MAX', 0),
    fleetMessagesPerSecondMax: messages(fleet, 'EARSHOT_FLEET_MESSAGES_PER_SECOND_MAX', 0),
  } as const;
}

/** Times are milliseconds, sizes bytes, unless a name says otherwise. */
export const SETTINGS = {
  host: text(
    ['EARSHOT_HOST', 'Address that devices connect to.'],
    '127.0.0.1',
    'a host name or address',
    HOST,
  ),
  port: int(
    ['EARSHOT_PORT', 'Port that devices connect to; 0 takes any free one.'],
    8080,
    0,
    65_535,
  ),
  adminHost: text(
    ['EARSHOT_ADMIN_HOST', 'Address of the admin port.'],
    '127.0.0.1',
    'a host name or address',
    HOST,
  ),
  adminPort: int(
    [
      'EARSHOT_ADMIN_PORT',
      'Port of `/metrics`, `/livez`, `/readyz` and `/drain`; 0 takes any free one.',
    ],
    9464,
    0,
    65_535,
  ),
  tlsCertFile: file([
    'EARSHOT_TLS_CERT_FILE',
    'Certificate chain (PEM); with the key, devices connect by `wss`.',
  ]),
  tlsKeyFile: file(['EARSHOT_TLS_KEY_FILE', 'Private key (PEM) of the certificate.']),
  proxy: word(
    [
      'EARSHOT_PROXY',
      'Whether a proxy in front says where devices come from, by the PROXY protocol (`v2`); then nobody else may reach the port.',
    ],
    'off',
    ['off', 'v2'],
  ),
  page: word(
    [
      'EARSHOT_PAGE',
      'Whether the live page is served, at `/` of the port that devices connect to.',
    ],
    'on',
    ['on', 'off'],
  ),
  adminToken: secret(
    [
      'EARSHOT_ADMIN_TOKEN',
      'Bearer token that the admin port wants, but for `/livez` and `/readyz`; by default none, on loopback only.',
    ],
    32,
  ),
  auth: word(
    [
      'EARSHOT_AUTH',
      'Who may come in: `token` who brings one, `none` anybody; `auto` is `token` where a key is set, else `none`, on loopback only.',
    ],
    'auto',
    ['auto', 'token', 'none'],
  ),
  authSecret: secret(['EARSHOT_AUTH_SECRET', 'Secret that tokens are signed with, by HS256.'], 32),
  authKeysFile: file([
    'EARSHOT_AUTH_KEYS_FILE',
    'Public keys that tokens are signed for: a PEM, or a JSON Web Key Set.',
  ]),
  authJwksUrl: maybe(
    ['EARSHOT_AUTH_JWKS_URL', 'Where the JSON Web Key Set is that tokens are signed for.'],
    'an https URL, or http on this machine',
    /^https:\/\/[^\s@]+$|^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?\/[^\s@]*$/,
  ),
  authAlgorithms: words(
    [
      'EARSHOT_AUTH_ALGORITHMS',
      'Algorithms that a token may be signed by; by default HS256 for a secret, the others for keys.',
    ],
    ['HS256', 'RS256', 'ES256', 'EdDSA'],
  ),
  authAudience: text(
    ['EARSHOT_AUTH_AUDIENCE', 'What the claim `aud` of a token must name.'],
    'earshot',
    'a text without spaces',
    /^\S{1,200}$/,
  ),
  authIssuer: maybe(
    ['EARSHOT_AUTH_ISSUER', 'What the claim `iss` of a token must be; by default anything.'],
    'a text without spaces',
    /^\S{1,200}$/,
  ),
  authLifetimeMsMax: int(
    ['EARSHOT_AUTH_LIFETIME_MS_MAX', 'How long a token may be good for.'],
    HOUR,
    1_000,
    30 * 24 * HOUR,
  ),
  authGraceMsMax: int(
    ['EARSHOT_AUTH_GRACE_MS_MAX', 'How long a session goes on after its token has expired.'],
    30_000,
    0,
    HOUR,
  ),
  integrity: word(
    [
      'EARSHOT_INTEGRITY',
      'Whether devices may sign their frames, or must: then a session without `integrity` is refused.',
    ],
    'optional',
    ['optional', 'required'],
  ),
  integritySecret: secret(
    [
      'EARSHOT_INTEGRITY_SECRET',
      'Secret that the keys come from by which devices sign their frames; by default none can.',
    ],
    32,
  ),
  origins: texts(
    [
      'EARSHOT_ORIGINS',
      'Origins whose web pages may connect, separated by commas, or `*` for all; by default pages of this machine, and only while the server listens on loopback.',
    ],
    'origins such as https://app.example.com',
    /^(?:\*|null|https?:\/\/[^\s/,]+)$/,
  ),
  ...gateSettings(),
  logLevel: word(
    ['EARSHOT_LOG_LEVEL', 'The least important events that are logged, to standard error.'],
    'info',
    LOG_LEVELS,
  ),
  recognizer: word(
    [
      'EARSHOT_RECOGNIZER',
      'Who recognizes speech; `auto` takes the best that this machine can reach.',
    ],
    'auto',
    ['auto', 'embedded', 'google'],
  ),
  language: text(
    ['EARSHOT_LANGUAGE', 'Language (BCP-47) of a session whose `start` names none.'],
    'en-US',
    'a language tag such as en-US',
    WORD,
  ),
  googleEndpoint: maybe(
    [
      'EARSHOT_GOOGLE_ENDPOINT',
      "Another host for Google's API, with or without a port; on this machine, in plaintext and without credentials.",
    ],
    'a host and perhaps a port, such as 127.0.0.1:8443',
    /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?$/,
  ),
  googleDriver: word(
    [
      'EARSHOT_GOOGLE_DRIVER',
      "What carries calls to Google: `http2` is Earshot's own and costs least, `library` is Google's; `auto` takes `library` where the environment names a proxy or certificates, which only that one goes by.",
    ],
    'auto',
    ['auto', 'http2', 'library'],
  ),
  googleApi: word(['EARSHOT_GOOGLE_API', "Version of Google's API."], 'v1', ['v1', 'v2']),
  googleProject: maybe(
    ['EARSHOT_GOOGLE_PROJECT', 'Google Cloud project, for v2; by default that of the credentials.'],
    'a project id',
    /^[a-z0-9.:-]{1,100}$/,
  ),
  googleLocation: text(
    ['EARSHOT_GOOGLE_LOCATION', 'Location of the recognizer, for v2.'],
    'global',
    'a location such as global or europe-west4',
    /^[a-z0-9-]{2,40}$/,
  ),
  googleModel: maybe(
    [
      'EARSHOT_GOOGLE_MODEL',
      "Google's model for sessions whose `start` names none; by default Google's choice (v1) or long (v2).",
    ],
    'the name of a model such as latest_long',
    /^[\w.-]{1,64}$/,
  ),
  rotateSoftMs: int(
    [
      'EARSHOT_ROTATE_SOFT_MS',
      'Age from which a stream of Google is replaced at the next pause, up to a sixteenth less by session.',
    ],
    240_000,
    1_000,
    290_000,
  ),
  rotateHardMs: int(
    ['EARSHOT_ROTATE_HARD_MS', 'Age at which a stream of Google is replaced in any case.'],
    290_000,
    1_000,
    295_000,
  ),
  startsPerMinuteMax: int(
    [
      'EARSHOT_STARTS_PER_MINUTE_MAX',
      "Streams of Google that are started in a minute, to stay within a project's quota; 0 is any number.",
    ],
    0,
    0,
    1_000_000,
  ),
  workers: intOrAuto(
    [
      'EARSHOT_WORKERS',
      'Processes that share the port; by default one a core for Google, and one for the embedded recognizer.',
    ],
    1,
    64,
  ),
  modelsDir: file([
    'EARSHOT_MODELS_DIR',
    'Folder of the embedded models; by default the one that the build made.',
  ]),
  sessionsMax: int(
    ['EARSHOT_SESSIONS_MAX', 'Connections of a worker at once; one more is refused with 503.'],
    10_000,
    1,
    1_000_000,
  ),
  slotsMax: intOrAuto(
    [
      'EARSHOT_SLOTS_MAX',
      'Recognizer streams at once; by default what the recognizer can do. 0 holds every session in the queue.',
    ],
    0,
    100_000,
  ),
  queueMax: int(
    ['EARSHOT_QUEUE_MAX', 'Sessions of a worker that may wait for a slot; one more is refused.'],
    10_000,
    1,
    1_000_000,
  ),
  queueWaitMsMax: int(
    ['EARSHOT_QUEUE_WAIT_MS_MAX', 'How long a session waits for a slot before it is refused.'],
    30_000,
    100,
    HOUR,
  ),
  loopDelayMsMax: int(
    [
      'EARSHOT_LOOP_DELAY_MS_MAX',
      'Delay of the event loop, in the median of a second, from which a worker takes no new sessions.',
    ],
    400,
    20,
    60_000,
  ),
  windowMs: int(
    ['EARSHOT_WINDOW_MS', 'Audio that a device may send beyond what was received.'],
    5_000,
    200,
    60_000,
  ),
  frameMsMax: int(['EARSHOT_FRAME_MS_MAX', 'Audio in one frame.'], 1_000, 20, 10_000),
  tapeMsMax: int(
    ['EARSHOT_TAPE_MS_MAX', 'Unsettled audio of one session.'],
    60_000,
    5_000,
    600_000,
  ),
  tapeBytesMax: int(
    [
      'EARSHOT_TAPE_BYTES_MAX',
      'Unsettled audio of all sessions of a worker, and the windows granted to them.',
    ],
    536_870_912,
    1_048_576,
    2 ** 40,
  ),
  outboxBytesMax: int(
    ['EARSHOT_OUTBOX_BYTES_MAX', 'Transcripts that wait for one slow reader.'],
    1_048_576,
    16_384,
    2 ** 30,
  ),
  startMsMax: int(
    ['EARSHOT_START_MS_MAX', 'How long a connection may take to send `start`.'],
    5_000,
    100,
    60_000,
  ),
  keepaliveMs: int(
    ['EARSHOT_KEEPALIVE_MS', 'How often a client with nothing to say is asked to say so.'],
    10_000,
    1_000,
    300_000,
  ),
  idleMsMax: int(
    ['EARSHOT_IDLE_MS_MAX', 'How long a client may send neither audio nor keepalive.'],
    30_000,
    1_000,
    900_000,
  ),
  paceBurstMs: int(
    ['EARSHOT_PACE_BURST_MS', 'Audio that may go to the recognizer at once.'],
    5_000,
    1_000,
    60_000,
  ),
  paceSpeed: int(
    [
      'EARSHOT_PACE_SPEED',
      'Times real time at which audio goes to the recognizer after the burst.',
    ],
    2,
    1,
    100,
  ),
  streamIdleMsMax: int(
    [
      'EARSHOT_STREAM_IDLE_MS_MAX',
      'How long a stream may be given no audio before its slot goes back.',
    ],
    8_000,
    100,
    60_000,
  ),
  settleMsMax: int(
    [
      'EARSHOT_SETTLE_MS_MAX',
      'Unsettled audio that a stream has heard; beyond it a final is forced.',
    ],
    30_000,
    2_000,
    240_000,
  ),
  drainMsMax: int(
    [
      'EARSHOT_STREAM_DRAIN_MS_MAX',
      'How long a finished stream may take to end before it is replaced.',
    ],
    5_000,
    100,
    60_000,
  ),
  finishMsMax: int(
    [
      'EARSHOT_FINISH_MS_MAX',
      'How long after its last audio was heard a session may stay unsettled.',
    ],
    10_000,
    100,
    120_000,
  ),
  holdMsMax: int(
    [
      'EARSHOT_HOLD_MS_MAX',
      'How long a stream that took over waits for the last results of the one before.',
    ],
    20_000,
    100,
    120_000,
  ),
  retriesMax: int(
    [
      'EARSHOT_RETRIES_MAX',
      'Streams of a session that may fail one after another without progress.',
    ],
    5,
    0,
    100,
  ),
  resumeKey: secret(
    [
      'EARSHOT_RESUME_KEY',
      'Key that signs resume tokens, the same on every server; by default one of its own, and no other server takes its sessions over.',
    ],
    32,
  ),
  resumeGraceMsMax: int(
    [
      'EARSHOT_RESUME_GRACE_MS_MAX',
      'How long a session whose connection was lost is kept for its device to come back.',
    ],
    30_000,
    0,
    600_000,
  ),
  keptBytesMax: int(
    [
      'EARSHOT_KEPT_BYTES_MAX',
      'Finals and gaps of a session that are kept until its device has seen them.',
    ],
    65_536,
    4_096,
    2 ** 30,
  ),
  unseenMsMax: int(
    [
      'EARSHOT_UNSEEN_MS_MAX',
      'How long a final may stay unseen by a client that says what it has seen.',
    ],
    20_000,
    1_000,
    HOUR,
  ),
  drainNodeMsMax: int(
    ['EARSHOT_DRAIN_MS_MAX', 'How long SIGTERM or `/drain` lets sessions finish.'],
    30_000,
    0,
    HOUR,
  ),
} as const satisfies Record<string, Setting<unknown>>;

export type Config = {
  readonly [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;
};

export const PREFIX = 'EARSHOT_';

/** After the name of a secret: the file that holds it instead. */
const IN_FILE = '_FILE';

type Env = Readonly<Record<string, string | undefined>>;

/** Names of settings that hold secrets: what the environment says of them is for nobody else. */
export const SECRETS: readonly string[] = Object.values(
  SETTINGS as Record<string, Setting<unknown>>,
)
  .filter(({ isSecret }) => isSecret === true)
  .map(({ name }) => name);

/**
 * Settings without which more people may come in. One that is there and empty is a mistake of who filled
 * it in, and must not open a door.
 */
const KEYS: readonly string[] = [...SECRETS, SETTINGS.authKeysFile.name, SETTINGS.authJwksUrl.name];

/** Reads all settings, or throws one `config_invalid` that names everything that is wrong. */
export function readConfig(env: Env): Config {
  const problems: string[] = [];
  const entries = Object.entries(SETTINGS).map(([key, setting]: [string, Setting<unknown>]) => {
    const value = textOf(setting, env, problems);
    if (value === undefined || (value === '' && !KEYS.includes(setting.name))) {
      return [key, setting.fallback];
    }
    const parsed = setting.parse(value);
    if (parsed === undefined) {
      const is = setting.isSecret ? `${value.length} characters long` : `'${shown(value)}'`;
      problems.push(`${setting.name} is ${is}, expected ${setting.expected}`);
    }
    return [key, parsed];
  });
  problems.push(...unknownNames(env));
  const config = Object.fromEntries(entries) as Config;
  if (problems.length === 0) problems.push(...contradictions(config));
  if (problems.length > 0) throw new EarshotError('config_invalid', 'edge', problems.join('\n'));
  return config;
}

/** Without what an address may hold of a secret: user and password, and what is asked. */
function shown(value: string): string {
  return value.replace(/\/\/[^/]*@/, '//…@').replace(/(:\/\/[^?#]*)[?#].*$/s, '$1?…');
}

/** A secret may be in a file, whose last line break is none of it. */
function textOf({ name, isSecret }: Setting<unknown>, env: Env, problems: string[]) {
  const path = isSecret === true ? env[name + IN_FILE] : undefined;
  if (path === undefined) return env[name];
  if (env[name] !== undefined) {
    problems.push(`${name} and ${name}${IN_FILE} are both set, expected one of them`);
  }
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const why = messageOf(error);
    problems.push(`${name}${IN_FILE} is '${path}', expected a file that can be read: ${why}`);
    return undefined;
  }
}

function unknownNames(env: Env): string[] {
  const names = Object.values(SETTINGS).map(({ name }) => name as string);
  const known = [...names, ...SECRETS.map((name) => name + IN_FILE)];
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name) && !OTHERS.includes(name))
    .map((name) => `${name} is no setting${hint(name, known)}`);
}

/** Names with our prefix that are read elsewhere: by the client's command line. */
const OTHERS = ['EARSHOT_TOKEN'];

function hint(name: string, known: readonly string[]): string {
  const best = known
    .map((other) => [distance(name, other), other] as const)
    .sort(([a], [b]) => a - b)[0];
  return best !== undefined && best[0] <= 5 ? `, did you mean ${best[1]}?` : '';
}

/** Letters to insert, delete or replace to make one word of the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (const [i, letter] of [...from].entries()) {
    const above = row;
    row = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (above[j] ?? 0) + (letter === other ? 0 : 1);
      row.push(Math.min(replaced, (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
  }
  return row[to.length] ?? 0;
}

type Demand = (holds: boolean, sentence: string) => void;

/** What each setting may be, they may not be together. */
function contradictions(config: Config): string[] {
  const problems: string[] = [];
  const demand: Demand = (holds, sentence) => {
    if (!holds) problems.push(sentence);
  };
  demand(
    config.windowMs >= 2 * config.frameMsMax,
    `EARSHOT_WINDOW_MS is ${config.windowMs}, expected at least twice EARSHOT_FRAME_MS_MAX (${config.frameMsMax})`,
  );
  demand(
    config.queueWaitMsMax + config.windowMs <= config.tapeMsMax,
    `EARSHOT_TAPE_MS_MAX is ${config.tapeMsMax}, expected at least EARSHOT_QUEUE_WAIT_MS_MAX + EARSHOT_WINDOW_MS (${config.queueWaitMsMax + config.windowMs}): audio is kept while a session waits`,
  );
  demand(
    config.settleMsMax + config.windowMs <= config.tapeMsMax,
    `EARSHOT_TAPE_MS_MAX is ${config.tapeMsMax}, expected at least EARSHOT_SETTLE_MS_MAX + EARSHOT_WINDOW_MS (${config.settleMsMax + config.windowMs}): it holds all that is unsettled`,
  );
  demand(
    config.tapeMsMax + config.windowMs < CLIENT_STORE_MS,
    `EARSHOT_TAPE_MS_MAX + EARSHOT_WINDOW_MS is ${config.tapeMsMax + config.windowMs}, expected less than ${CLIENT_STORE_MS}: a client keeps no more`,
  );
  demand(
    config.keepaliveMs * 2 <= config.idleMsMax,
    `EARSHOT_IDLE_MS_MAX is ${config.idleMsMax}, expected at least twice EARSHOT_KEEPALIVE_MS (${config.keepaliveMs})`,
  );
  demand(
    config.rotateSoftMs < config.rotateHardMs,
    `EARSHOT_ROTATE_SOFT_MS is ${config.rotateSoftMs}, expected less than EARSHOT_ROTATE_HARD_MS (${config.rotateHardMs})`,
  );
  demand(
    (config.tlsCertFile === undefined) === (config.tlsKeyFile === undefined),
    'EARSHOT_TLS_CERT_FILE and EARSHOT_TLS_KEY_FILE: one is set and the other is not, expected both or none',
  );
  demand(
    config.integrity !== 'required' || config.integritySecret !== undefined,
    "EARSHOT_INTEGRITY is 'required', expected EARSHOT_INTEGRITY_SECRET too",
  );
  demand(
    config.adminToken !== undefined || isLoopback(config.adminHost),
    `EARSHOT_ADMIN_HOST is '${config.adminHost}' and no token is set, expected EARSHOT_ADMIN_TOKEN: who reaches that port could read device ids and send the server away`,
  );
  openDoors(config, demand);
  return problems;
}

/** Settings of who may come in: nobody lets anybody in without having said so. */
function openDoors(config: Config, demand: Demand): void {
  const { auth, authAlgorithms, host } = config;
  const { authSecret, authKeysFile, authJwksUrl } = SETTINGS;
  const [key, ...more] = (['authSecret', 'authKeysFile', 'authJwksUrl'] as const)
    .filter((name) => config[name] !== undefined)
    .map((name) => SETTINGS[name].name);
  const anyKey = `${authSecret.name}, ${authKeysFile.name} or ${authJwksUrl.name}`;
  demand(more.length === 0, `${key} and ${more.join(' and ')} are set, expected one of them`);
  demand(
    auth !== 'none' || key === undefined,
    `EARSHOT_AUTH is 'none' and ${key} is set, expected one of them`,
  );
  demand(
    auth !== 'token' || key !== undefined,
    `EARSHOT_AUTH is 'token', expected a key: ${anyKey}`,
  );
  demand(
    auth !== 'auto' || key !== undefined || isLoopback(host),
    `EARSHOT_HOST is '${host}' and no key is set, expected ${anyKey}; or EARSHOT_AUTH=none, which lets anybody in`,
  );
  const isSecret = key === authSecret.name;
  const alien = authAlgorithms?.find((algorithm) => (algorithm === 'HS256') !== isSecret);
  demand(
    alien === undefined,
    `EARSHOT_AUTH_ALGORITHMS has ${alien}, expected HS256 with EARSHOT_AUTH_SECRET, and the others with keys`,
  );
}

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host);
}

/** What a client keeps of unsettled audio, by PROTOCOL.md. */
const CLIENT_STORE_MS = 90_000;
