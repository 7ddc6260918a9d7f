/**
 * Chromium: Debian's browser without a screen, whose microphone plays a recording.
 */
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

const PATH = '/usr/bin/chromium';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Says yes to whoever asks for the microphone. */
const ALLOWED = '--use-fake-ui-for-media-stream';

export interface Microphone {
  /** A WAV that it plays once; beeps unless given. */
  readonly wav?: string;
  /** `none`: there is none; `denied`: the person says no. */
  readonly is?: 'allowed' | 'denied' | 'none';
  /** Where the browser finds hosts, such as `MAP earshot.test 127.0.0.1`. */
  readonly hosts?: string;
}

/** A browser of its own; close() ends it. */
export function startChromium({ wav, is = 'allowed', hosts }: Microphone = {}): Promise<Browser> {
  const device = is === 'none' ? [] : ['--use-fake-device-for-media-stream'];
  const sound = wav === undefined ? [] : [`--use-file-for-fake-audio-capture=${wav}%noloop`];
  const allowed = is === 'allowed' ? [ALLOWED] : [];
  const rules = hosts === undefined ? [] : [`--host-resolver-rules=${hosts}`];
  const args = [...FLAGS, ...device, ...sound, ...allowed, ...rules];
  return chromium.launch({ executablePath: PATH, headless: true, args });
}
