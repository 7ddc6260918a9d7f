import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { holdPort } from '../../src/fleet/port.ts';

describe('holdPort()', () => {
  it('takes a free port, fails for the next one that wants it, and lets go', async () => {
    const held = await holdPort('127.0.0.1', 0);
    expect(held.port).toBeGreaterThan(0);
    await expect(holdPort('127.0.0.1', held.port)).rejects.toMatchObject({
      code: 'listen_failed',
      message: expect.stringMatching(/cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/),
    });
    await held.release();
    const again = await holdPort('127.0.0.1', held.port);
    await again.release();
  });

  it('fails where anybody listens', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(holdPort('127.0.0.1', port)).rejects.toMatchObject({ code: 'listen_failed' });
    other.close();
  });

  it('keeps no connection that comes meanwhile', async () => {
    const held = await holdPort('127.0.0.1', 0);
    const socket = connect(held.port, '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('close', () => resolve()).resume());
    await held.release();
  });
});
