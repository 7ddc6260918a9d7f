import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { ScriptedRecognizer } from '../fakes/scripted-recognizer.ts';
import { startRig, until } from '../fakes/server-rig.ts';

const FRAME = new Uint8Array(3_200).fill(1);

/** Who issued a token. */
function holderOf(token = ''): string {
  return token.split('.')[2] ?? '';
}

describe('Server', () => {
  it('drains: takes no more sessions, lets those that are open finish, and is closed', async () => {
    const server = await startRig();
    const client = await RawClient.start(server.url);
    client.send(FRAME);
    const drained = server.drain(20_000);
    await until(() => server.sessions() === 1);
    const ready = await fetch(`${server.adminUrl}/readyz`);
    expect(ready.status).toBe(503);
    await expect(RawClient.connect(server.url)).rejects.toThrow(/ECONNREFUSED/);
    client.send(FRAME);
    client.say({ type: 'finish' });
    expect(await client.next('summary')).toMatchObject({ transcribedMs: 200 });
    await drained;
    await expect(fetch(server.adminUrl)).rejects.toThrow();
  });

  it('ends the sessions that are still open when the time to drain is over', async () => {
    const server = await startRig();
    const client = await RawClient.start(server.url);
    client.send(FRAME);
    await server.drain(0);
    expect(await client.closed).toEqual({ code: 4001, reason: 'draining' });
    expect(server.metrics.unsettledSeconds()).toBe(0);
  });

  it('goes on draining when it is told to once more', async () => {
    const server = await startRig();
    const client = await RawClient.start(server.url);
    const drained = server.drain(20_000);
    let ended = false;
    const again = server.drain(20_000).then(() => {
      ended = true;
    });
    client.send(FRAME);
    await client.next('ack');
    expect(ended).toBe(false);
    client.say({ type: 'finish' });
    expect(await client.closed).toMatchObject({ code: 1000 });
    await Promise.all([drained, again]);
  });

  it('is gone a second after the time to drain, though its recognizer does not close', async () => {
    const stuck = new ScriptedRecognizer(systemClock);
    stuck.close = () => new Promise<void>(() => undefined);
    const server = await startRig({}, {}, stuck);
    const client = await RawClient.start(server.url);
    await server.drain(0);
    expect(await client.closed).toEqual({ code: 4001, reason: 'draining' });
    await expect(fetch(server.adminUrl)).rejects.toThrow();
  });

  it('tells everybody to go on elsewhere, and ends at once those who have gone', async () => {
    const server = await startRig();
    const [client, gone] = [await RawClient.start(server.url), await RawClient.start(server.url)];
    const [stays, late] = [await RawClient.start(server.url), await RawClient.start(server.url)];
    gone.send(FRAME);
    gone.cut();
    await until(() => server.metrics.sessions.detached === 1);
    const drained = server.drain(20_000);
    expect(server.sessions()).toBe(3);
    for (const each of [client, stays, late]) {
      const goaway = await each.next('goaway');
      expect(goaway).toMatchObject({ type: 'goaway', reason: 'draining' });
      expect(goaway?.timeLeftMs).toBeGreaterThan(10_000);
      each.cut();
    }
    await drained;
    expect(server.metrics.unsettledSeconds()).toBe(0);
  });

  it('goes on with the session of a connection that was cut, and with that of another server', async () => {
    const key = { EARSHOT_RESUME_KEY: 'a key of thirty-two characters!!'.replaceAll(' ', '-') };
    const [here, there] = [await startRig(key), await startRig(key)];
    const first = await RawClient.start(here.url);
    first.send(FRAME);
    first.say({ type: 'finalize' });
    const final = await first.next('final');
    first.cut();
    const again = await RawClient.start(here.url, {
      resume: { token: final?.resume, result: 1 },
    });
    expect(again.all('ready')[0]).toMatchObject({ resumed: 'held', frame: 2, result: 2 });
    const last = await RawClient.start(there.url, {
      resume: { token: again.all('ready')[0]?.resume, result: 1 },
    });
    expect(last.all('ready')[0]).toMatchObject({ resumed: 'taken', frame: 2, result: 2 });
    here.release(last.all('ready')[0]?.session ?? '', holderOf(final?.resume));
    expect(await again.closed).toEqual({ code: 4509, reason: 'replaced' });
    last.send(FRAME);
    last.say({ type: 'finish' });
    expect(await last.next('summary')).toMatchObject({ transcribedMs: 200, results: 2 });
    await Promise.all([here.close(), there.close()]);
  });

  it('keeps a session that came back from another server, when it is told late that it went there', async () => {
    const key = { EARSHOT_RESUME_KEY: 'k'.repeat(32) };
    const [here, there] = [await startRig(key), await startRig(key)];
    const first = (await RawClient.start(here.url)).all('ready')[0];
    const token = (ready: typeof first) => ({ resume: { token: ready?.resume, result: 0 } });
    const away = (await RawClient.start(there.url, token(first))).all('ready')[0];
    const back = await RawClient.start(here.url, token(away));
    const [ready] = back.all('ready');
    expect(ready).toMatchObject({ session: first?.session, resumed: 'taken' });
    here.release(first?.session ?? '', holderOf(first?.resume));
    back.send(FRAME);
    await back.next('ack');
    expect(back.types).not.toContain('error');
    here.release(first?.session ?? '', holderOf(ready?.resume));
    expect(await back.closed).toEqual({ code: 4509, reason: 'replaced' });
    await Promise.all([here.close(), there.close()]);
  });

  it('closes once, however often it is told', async () => {
    const server = await startRig();
    await Promise.all([server.close(), server.close(), server.drain(0)]);
  });

  it('counts what it did', async () => {
    const server = await startRig();
    const client = await RawClient.start(server.url);
    client.send(FRAME);
    client.say({ type: 'finish' });
    await client.closed;
    const text = await (await fetch(`${server.adminUrl}/metrics`)).text();
    for (const line of [
      'earshot_frames_total 1',
      'earshot_session_ends_total{code="finished"} 1',
      'earshot_audio_received_seconds_total 0.1',
      'earshot_audio_seconds_total{fate="transcribed"} 0.1',
      'earshot_audio_unsettled_seconds 0',
      'earshot_slot_wait_seconds_count 1',
      'earshot_final_latency_seconds_count 1',
      'earshot_streams_total{cause="start"} 1',
      'earshot_stream_cuts_total{how="finish"} 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    await server.close();
  });

  it('leaves no session behind when 200 clients come and go in every way', async () => {
    const server = await startRig({ EARSHOT_RESUME_GRACE_MS_MAX: '0' });
    const comeAndGo = async (n: number): Promise<void> => {
      const client = await RawClient.start(server.url);
      client.send(FRAME);
      if (n % 3 === 0) client.cut();
      else if (n % 3 === 1) client.say({ type: 'finish' });
      else client.say('nonsense');
      await client.closed;
    };
    for (let round = 0; round < 4; round++) {
      await Promise.all(Array.from({ length: 50 }, (_, n) => comeAndGo(n)));
    }
    await until(() => server.sessions() === 0);
    expect(server.metrics.unsettledSeconds()).toBe(0);
    expect(server.metrics.tapeBytes()).toBe(0);
    expect(server.metrics.slots()).toMatchObject({ used: 0, depth: 0 });
    await server.close();
  });
});
