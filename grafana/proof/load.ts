/**
 * Load: sessions of every kind, so that every series has something to count.
 */
import { pause } from '../../bench/limits/part.ts';
import { Phone } from '../../bench/limits/phone.ts';
import type { Speech } from '../../bench/limits/speech.ts';
import { speechesOf } from '../../bench/limits/speech.ts';
import { RawClient } from '../../test/fakes/raw-client.ts';

const FRAME_MS = 200;
const SPEAKERS = 24;
const FINISH_MS_MAX = 30_000;
/** Every so many speakers lose their connection in the middle. */
const CUT_EVERY = 4;
const AT_ONCE = 50;

/** What Google does wrong meanwhile. */
export const FAULTS = [
  '--fault=do=unavailable at=audio:4000 chance=0.1',
  '--fault=do=resource-exhausted at=open chance=0.02',
  '--fault=do=late:3000 at=final:2 chance=0.1',
];

/** Phones that speak for `ms`, some cut off on the way, one after another so that some wait for a slot. */
export async function speak(url: string, ms: number): Promise<void> {
  const speeches = speechesOf(6, { ms, frameMs: FRAME_MS });
  const talks = Array.from({ length: SPEAKERS }, async (_, n) => {
    await pause(n * 250);
    const speech = speeches[n % speeches.length];
    if (speech !== undefined) await talk(url, speech, n, ms - n * 250);
  });
  await Promise.all([...talks, strangers(url)]);
}

async function talk(url: string, speech: Speech, n: number, ms: number): Promise<void> {
  const phone = new Phone({ url, speech });
  await phone.ready().catch(() => undefined);
  const spoken = phone.speak(ms);
  if (n % CUT_EVERY === 0) {
    await pause(ms / 2);
    phone.wire.cut();
  }
  await spoken;
  await phone.finish(FINISH_MS_MAX);
}

/** What has no place here: no start, audio without one, a configuration that nobody serves. */
async function strangers(url: string): Promise<void> {
  for (const first of [{ type: 'finish' }, { type: 'start', encoding: 'FLAC' }]) {
    const client = await RawClient.connect(url);
    client.say(first);
    await client.closed;
  }
}

/** So many sessions that start, some at a time; `hold`: and stay until what is returned is called. */
export async function crowd(url: string, sessions: number, hold: boolean): Promise<() => void> {
  const held: RawClient[] = [];
  for (let begun = 0; begun < sessions; begun += AT_ONCE) {
    const many = Array.from({ length: Math.min(AT_ONCE, sessions - begun) }, () =>
      RawClient.start(url, { encoding: 'MULAW', sampleRateHertz: 8_000 }),
    );
    const clients = await Promise.all(many);
    if (hold) held.push(...clients);
    else for (const client of clients) client.say({ type: 'finish' });
  }
  return () => {
    for (const client of held) client.say({ type: 'finish' });
  };
}
