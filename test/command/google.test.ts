import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../fakes/raw-client.ts';
import { speech } from '../speech/google/rigs.ts';
import type { Options } from './google-rig.ts';
import { GoogleRig } from './google-rig.ts';

const rigs: GoogleRig[] = [];

afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

async function start(options: Options): Promise<GoogleRig> {
  const rig = await GoogleRig.start(options);
  rigs.push(rig);
  return rig;
}

/** A client that has sent an utterance. */
async function speaker(rig: GoogleRig): Promise<RawClient> {
  const client = await RawClient.start(rig.server.url);
  const audio = speech(1);
  for (let at = 0; at < audio.byteLength; at += 3_200) client.send(audio.subarray(at, at + 3_200));
  return client;
}

describe('A server whose credentials Google refuses', () => {
  it('is not ready and says why, refuses sessions at once, and is ready when a probe was taken', async () => {
    const what = { kind: 'status', code: 'UNAUTHENTICATED' } as const;
    const rig = await start({ emulator: { faults: [{ what, timesMax: 1 }] } });
    expect(await rig.ask('/readyz')).toEqual({ status: 200, text: 'ready\n' });
    const first = await speaker(rig);
    expect(await first.closed).toEqual({ code: 4004, reason: 'upstream_unavailable' });
    expect(await rig.ask('/readyz')).toMatchObject({
      status: 503,
      text: expect.stringContaining('Google: Request had invalid authentication credentials.'),
    });
    expect(await rig.ask('/livez')).toMatchObject({ status: 200 });
    expect(await rig.metric('earshot_breaker_open')).toBe(1);
    const ends = 'earshot_google_stream_ends_total{code="UNAUTHENTICATED",class="credentials"}';
    expect(await rig.metric(ends)).toBe(1);
    const second = await speaker(rig);
    expect((await second.closed).code).toBe(4004);
    expect(rig.emulator.report().starts).toBe(1);
    rig.clock.put(30_000);
    const third = await speaker(rig);
    expect(await third.next('final')).toMatchObject({ text: '1 2 3 4 5 6' });
    expect(await rig.ask('/readyz')).toEqual({ status: 200, text: 'ready\n' });
    expect(await rig.metric('earshot_breaker_open')).toBe(0);
    third.say({ type: 'finish' });
    expect(await third.closed).toEqual({ code: 1000, reason: 'finished' });
    expect(rig.log.of('Google refuses the credentials, nobody is served')).toHaveLength(1);
    expect(rig.log.of('Google takes the credentials again')).toHaveLength(1);
  });

  it('writes no word that was said, and no audio, to its log', async () => {
    const what = { kind: 'status', code: 'UNAVAILABLE' } as const;
    const when = { at: 'half-close' } as const;
    const rig = await start({ emulator: { faults: [{ what, when, timesMax: 1 }] } });
    const client = await speaker(rig);
    client.say({ type: 'finish' });
    await client.closed;
    expect(client.all('final').map(({ text }) => text)).toEqual(['1 2 3 4 5 6']);
    expect(rig.log.of('a stream of Google failed')).toHaveLength(1);
    const text = JSON.stringify(rig.log.lines);
    expect(text).toContain('502:Bad Gateway');
    expect(text).not.toContain('1 2 3');
    expect(text.length).toBeLessThan(2_000);
  });
});

describe('A server whose quota Google finds exceeded', () => {
  it('lowers its slots: the session that was refused queues, and goes on when the others have ended', async () => {
    const what = { kind: 'status', code: 'RESOURCE_EXHAUSTED' } as const;
    const rig = await start({
      // Three slots for sessions and one for overlaps.
      settings: { EARSHOT_SLOTS_MAX: '4' },
      emulator: { faults: [{ what, which: ({ nth }) => nth === 3 }] },
    });
    expect(await rig.metric('earshot_slots_limit')).toBe(3);
    expect(await rig.metric('earshot_stream_limit')).toBe(4);
    const first = await speaker(rig);
    await first.next('final');
    const second = await speaker(rig);
    await second.next('final');
    const third = await speaker(rig);
    expect(await third.next('queued')).toMatchObject({ position: 1 });
    // What the quota was seen to give, and one of that for overlaps.
    expect(await rig.metric('earshot_slots_limit')).toBe(1);
    expect(await rig.metric('earshot_stream_limit')).toBe(2);
    // It is told at once, and queues a moment later.
    while ((await rig.metric('earshot_slot_queue_depth')) !== 1);
    const lowered = rig.log.of('the recognizer serves fewer streams');
    expect(lowered).toMatchObject([{ level: 'warn', fields: { limit: 2, before: 4 } }]);
    expect(third.all('final')).toEqual([]);
    for (const client of [first, second]) client.say({ type: 'finish' });
    expect(await third.next('queued', 2)).toMatchObject({ position: 0 });
    expect(await third.next('final')).toMatchObject({ text: '1 2 3 4 5 6' });
    third.say({ type: 'finish' });
    for (const client of [first, second, third]) {
      expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
    }
    expect(await rig.metric('earshot_streams_total{cause="retry"}')).toBe(1);
  });
});
