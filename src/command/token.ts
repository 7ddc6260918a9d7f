/**
 * Token: `earshot token`, keys and tokens for trials.
 *
 * In service a backend of the app's owner signs tokens, with whatever library it has. It knows no
 * argument parser and no environment: main.ts has both.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Algorithm } from '../edge/jwt.ts';
import { newKeys, signToken } from '../edge/jwt.ts';
import { EarshotError, messageOf } from '../errors.ts';
import type { Terminal } from '../log.ts';
import { deviceKeyOf, fleetSecretOf } from '../wire/seal.ts';

export interface TokenFlags {
  /** The device. */
  readonly sub: string;
  readonly fleet?: string | undefined;
  /** Seconds. */
  readonly lifetime: number;
  readonly sessions?: number | undefined;
  readonly audioMinutes?: number | undefined;
  /** A private key as PEM, and what it signs by. */
  readonly key?: string | undefined;
  readonly algorithm: string;
  /** Prints a fresh secret instead. */
  readonly newSecret: boolean;
  /** Prints the key by which the device signs its frames instead, or what its fleet's backend makes it of. */
  readonly deviceKey: boolean;
  readonly fleetSecret: boolean;
  /** Writes a pair of keys instead: NAME.private.pem and NAME.public.pem. */
  readonly newKeys?: string | undefined;
}

const SECRET_BYTES = 32;
const ASYMMETRIC = ['RS256', 'ES256', 'EdDSA'] as const;

/** Throws an EarshotError for what can't be done. */
export async function tokenCommand(
  flags: TokenFlags,
  config: Config,
  clock: Pick<Clock, 'wallMs'>,
  terminal: Pick<Terminal, 'write'>,
): Promise<void> {
  if (flags.newSecret) {
    terminal.write(`${randomBytes(SECRET_BYTES).toString('base64url')}\n`);
  } else if (flags.deviceKey || flags.fleetSecret) {
    terminal.write(`${frameKeyOf(flags, config)}\n`);
  } else if (flags.newKeys !== undefined) {
    await writeKeys(flags.newKeys, algorithmOf(flags), terminal);
  } else {
    terminal.write(`${await signToken(claimsOf(flags, config, clock), keyOf(flags, config))}\n`);
  }
}

function frameKeyOf({ sub, fleet = 'default', deviceKey }: TokenFlags, config: Config): string {
  const { integritySecret } = config;
  if (integritySecret === undefined) {
    const message = 'there is nothing to make a key of, expected EARSHOT_INTEGRITY_SECRET';
    throw new EarshotError('config_invalid', 'edge', message);
  }
  const secret = fleetSecretOf(integritySecret, fleet);
  return Buffer.from(deviceKey ? deviceKeyOf(secret, sub) : secret).toString('base64url');
}

async function writeKeys(
  name: string,
  algorithm: Exclude<Algorithm, 'HS256'>,
  terminal: Pick<Terminal, 'write'>,
): Promise<void> {
  const { privatePem, publicPem } = await newKeys(algorithm);
  const [own, given] = [`${name}.private.pem`, `${name}.public.pem`];
  try {
    // Nobody's key is overwritten, and nobody else reads the new one.
    writeFileSync(own, privatePem, { flag: 'wx', mode: 0o600 });
    writeFileSync(given, publicPem, { flag: 'wx' });
  } catch (error) {
    throw new EarshotError('config_invalid', 'edge', messageOf(error), error);
  }
  terminal.write(`${own} signs: it is for the backend that issues tokens\n`);
  terminal.write(`${given} is for the server: EARSHOT_AUTH_KEYS_FILE=${given}\n`);
}

function claimsOf(flags: TokenFlags, config: Config, clock: Pick<Clock, 'wallMs'>) {
  const { sub, fleet, lifetime, sessions, audioMinutes } = flags;
  const iat = Math.floor(clock.wallMs() / 1_000);
  return {
    ...{ aud: config.authAudience, sub, iat, exp: iat + lifetime },
    ...(config.authIssuer !== undefined && { iss: config.authIssuer }),
    ...(fleet !== undefined && { fleet }),
    ...(sessions !== undefined && { sessions }),
    ...(audioMinutes !== undefined && { audio_minutes: audioMinutes }),
  };
}

function keyOf(flags: TokenFlags, { authSecret }: Config): Parameters<typeof signToken>[1] {
  if (flags.key !== undefined) {
    const privateKey = readFileSync(flags.key, 'utf8');
    return { privateKey, algorithm: algorithmOf(flags) };
  }
  if (authSecret !== undefined) return { secret: authSecret };
  const message =
    'there is nothing to sign with, expected EARSHOT_AUTH_SECRET, or --key FILE with a private key';
  throw new EarshotError('config_invalid', 'edge', message);
}

function algorithmOf({ algorithm }: TokenFlags): Exclude<Algorithm, 'HS256'> {
  const known = ASYMMETRIC.find((each) => each === algorithm);
  if (known !== undefined) return known;
  const message = `--algorithm is '${algorithm}', expected ${ASYMMETRIC.join(', ')}`;
  throw new EarshotError('config_invalid', 'edge', message);
}
