/**
 * Advice: what went wrong for the person in front of the page, and what to do about it. (pure)
 */
import type { StreamError } from '../client/browser.ts';

export interface Advice {
  readonly what: string;
  readonly remedy: string;
}

/** Why the browser gave no microphone, by the name of what it threw. */
const MICROPHONE: { readonly [name: string]: Advice } = {
  NotAllowedError: {
    what: 'The browser was not allowed to use the microphone.',
    remedy:
      'Allow it by the icon beside the address, or in the settings of the browser or the system, and press Speak again. A file works without it.',
  },
  NotFoundError: {
    what: 'There is no microphone.',
    remedy:
      'Plug one in, or switch it on in the settings of the system, and press Speak again. A file works without it.',
  },
  NotReadableError: {
    what: 'The microphone is there but gives no sound.',
    remedy:
      'Close other apps that use it, or choose another one under Options, and press Speak again.',
  },
  OverconstrainedError: {
    what: 'The microphone that was chosen is not there any more.',
    remedy: 'Choose another one under Options.',
  },
};

export function adviceOfMicrophone(name: string, message: string): Advice {
  const known = MICROPHONE[name];
  if (known !== undefined) return known;
  const remedy = 'Load the page again, or try another browser. A file works without a microphone.';
  return { what: `The microphone can't be used: ${message} (${name}).`, remedy };
}

/** A page from an address to which browsers give no microphone. */
export function adviceOfInsecure(origin: string): Advice {
  const { port, protocol } = new URL(origin);
  const at = port || (protocol === 'https:' ? '443' : '80');
  return {
    what: `Browsers give the microphone only to pages from https or from this machine itself, and this one came from ${origin}.`,
    remedy: `Open http://localhost:${at}/ on the machine that runs the server; from another one run "ssh -L ${at}:127.0.0.1:${at} SERVER" first. Or give the server a certificate (EARSHOT_TLS_CERT_FILE, EARSHOT_TLS_KEY_FILE). A file works as it is.`,
  };
}

export function adviceOfFile(name: string, message: string): Advice {
  return {
    what: `${name} can't be read as sound: ${message}.`,
    remedy: 'Take a recording that this browser can play, such as WAV, MP3, M4A or Ogg.',
  };
}

/** The browser refused to connect at all. */
export function adviceOfConnecting(message: string): Advice {
  return {
    what: `The browser does not connect: ${message.replace(/\.$/, '')}.`,
    remedy:
      'See whether the token under Options is right: a browser sends none with blanks, quotes, brackets or any of , ; : / = ? @ in it.',
  };
}

export const MICROPHONE_GONE: Advice = {
  what: 'The microphone is gone: it was unplugged, or the system took it away.',
  remedy: 'What was said until then is transcribed. Plug it in and press Speak to go on.',
};

export const SILENT: Advice = {
  what: 'The microphone gives nothing but silence.',
  remedy:
    'See whether it is muted, by a switch of its own or in the system, or whether another app has it; or choose another one under Options.',
};

export const SILENT_FILE: Advice = {
  what: 'There is nothing but silence in the file so far.',
  remedy: 'Listen to it in a player: if it speaks there, save it as WAV and open that.',
};

export const PAUSED: Advice = {
  what: 'The system has taken the microphone away, as it does during a call: nothing is heard.',
  remedy: 'It goes on by itself afterwards; else press Stop, and Speak again.',
};

type Problem = Pick<StreamError, 'code' | 'message' | 'retryAfterMs'>;

const TOKEN =
  'Enter a token that is still valid under Options, then press Speak again: whoever runs the server issues them.';

/** What to do, by the server's word or the client's own. */
const REMEDY: { readonly [code: string]: string } = {
  unreachable:
    'See whether the server still runs, and takes pages from this address (its log says so), then press Speak again.',
  lost: 'See whether the server still runs and the network is there, then press Speak again.',
  unauthenticated: TOKEN,
  token_expired: TOKEN,
  forbidden: 'The token does not allow that: change it under Options, or ask for another token.',
  rate_limited: 'Wait a minute, then press Speak again.',
  overloaded: 'Everybody is being served: wait a little, then press Speak again.',
  draining: 'The server is going away: press Speak again in a minute.',
  upstream_unavailable:
    'The recognizer does not answer: try again in a minute; the log of the server says more.',
  upstream_rejected: 'Choose another language or model under Options.',
  bad_config: 'Change that under Options.',
  replaced: 'The session goes on in another window: close one of the two.',
  slow_consumer: 'The network is too slow at the moment: press Speak again.',
};

/** Why a stream ended without its summary. */
export function adviceOfProblem(problem: Problem): Advice {
  const { code, message, retryAfterMs } = problem;
  const remedy = REMEDY[code] ?? 'Press Speak to begin anew.';
  const wait =
    retryAfterMs === undefined ? '' : ` It asks for ${Math.ceil(retryAfterMs / 1000)} s.`;
  return { what: /[.!?]$/.test(message) ? message : `${message}.`, remedy: `${remedy}${wait}` };
}
