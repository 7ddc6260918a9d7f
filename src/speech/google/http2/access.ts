/**
 * Access: what shows Google who calls, as headers of each call.
 *
 * Credentials are found, and tokens fetched and renewed in time, by Google's own library. All
 * connections share one: a token is fetched once for a process.
 */
import { v1, v2 } from '@google-cloud/speech';
import { messageOf } from '../../../errors.ts';
import type { Version } from '../driver.ts';
import type { Status } from './status.ts';
import { unsigned } from './status.ts';

export type AccessHeaders = Readonly<Record<string, string>>;

export interface Access {
  /** Headers, or why there are none. Never rejects. */
  headers(): Promise<{ readonly headers: AccessHeaders } | { readonly refusal: Status }>;
}

/** An emulator asks nobody who calls. */
export const OPEN_ACCESS: Access = { headers: () => Promise.resolve({ headers: {} }) };

/** What is needed of google-auth-library. */
export interface Auth {
  getClient(): Promise<{ getRequestHeaders(url: string): Promise<Headers> }>;
}

/** The credentials that the library finds for its own calls to `host`. */
export function authOf(version: Version, host: string, project: string | undefined): Auth {
  const options = { apiEndpoint: host, ...(project !== undefined && { projectId: project }) };
  const client = version === 'v1' ? new v1.SpeechClient(options) : new v2.SpeechClient(options);
  return client.auth;
}

export class GoogleAccess implements Access {
  readonly #auth: Auth;
  /** Whom a token is for, where it is for one service only. */
  readonly #url: string;

  constructor(auth: Auth, version: Version, host: string) {
    this.#auth = auth;
    this.#url = `https://${host}/google.cloud.speech.${version}.Speech`;
  }

  async headers(): Promise<{ headers: AccessHeaders } | { refusal: Status }> {
    let client: Awaited<ReturnType<Auth['getClient']>>;
    try {
      client = await this.#auth.getClient();
    } catch (error) {
      return { refusal: { code: -1, text: messageOf(error) } };
    }
    try {
      return { headers: Object.fromEntries(await client.getRequestHeaders(this.#url)) };
    } catch (error) {
      return { refusal: unsigned(messageOf(error)) };
    }
  }
}
