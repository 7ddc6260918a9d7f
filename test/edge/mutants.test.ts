import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MutantRig } from '../fakes/mutant-rig.ts';
import { bytesOf } from '../fakes/mutator.ts';
import { RawSocket } from '../fakes/raw-socket.ts';
import { startRig } from '../fakes/server-rig.ts';

describe('Sessions that make no sense', () => {
  it('have one documented answer each, and leave nothing behind', async () => {
    const rig = new MutantRig(() => performance.now());
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        rig.run(seed);
      }),
      { numRuns: 3_000 },
    );
    await rig.settle();
    expect(Object.keys(rig.ends)).toEqual(
      expect.arrayContaining(['bad_message', 'bad_config', 'bad_audio', 'none']),
    );
  });

  it('as bytes disturb no other session, and no connection outlives its client', async () => {
    const server = await startRig({ EARSHOT_RESUME_GRACE_MS_MAX: '0' });
    const port = Number(new URL(server.url).port);
    for (let seed = 0; seed < 150; seed++) {
      const socket = new RawSocket(port);
      const { request, frames } = bytesOf(seed);
      socket.write(request);
      socket.write(frames);
      socket.half();
      await socket.ended;
    }
    const socket = await RawSocket.open(port);
    socket.say({ type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000 });
    expect(await socket.next('ready')).toBeDefined();
    socket.cut();
    await server.close();
    expect(server.metrics.unsettledSeconds()).toBe(0);
  });
});
