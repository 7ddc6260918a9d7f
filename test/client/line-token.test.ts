import { describe, expect, it } from 'vitest';
import { settle } from '../fakes/fake-clock.ts';
import { newNetwork } from '../fakes/fake-socket.ts';
import { newLineRig } from '../fakes/line-rig.ts';

describe('Line and its token', () => {
  function newTokens(): { asked: () => Promise<string>; given: string[] } {
    const given: string[] = [];
    return {
      given,
      asked: () => {
        given.push(`tok-${given.length}`);
        return Promise.resolve(given.at(-1) ?? '');
      },
    };
  }

  it('asks for one for each connection', async () => {
    const { asked } = newTokens();
    const { clock, network, goLive } = newLineRig({ token: asked });
    expect(network.sockets).toHaveLength(0);
    await settle();
    goLive();
    network.socket().ends(1006);
    await clock.advance(250);
    expect(network.sockets.map(({ token }) => token)).toEqual(['tok-0', 'tok-1']);
  });

  it('brings another one at once when it has run out', async () => {
    const { asked } = newTokens();
    const { clock, network, goLive } = newLineRig({ token: asked });
    await settle();
    goLive();
    network.socket().ends(4010, 'token_expired');
    await clock.advance(0);
    expect(network.socket().token).toBe('tok-1');
  });

  it('asks once more after HTTP 401, and ends after another', async () => {
    const { asked, given } = newTokens();
    const { clock, network, ends } = newLineRig({ token: asked });
    const refused = { message: 'the token is not valid', retryable: false, status: 401 };
    await settle();
    network.socket().ends(1006, '', refused);
    await clock.advance(0);
    expect(ends).toEqual([]);
    network.socket().ends(1006, '', refused);
    expect(ends).toMatchObject([{ code: 'unreachable', status: 401 }]);
    expect(given).toHaveLength(2);
  });

  it('ends at 401 and 4010 where there is no other token', () => {
    const refused = newLineRig({ token: 'tok' });
    refused.network.socket().ends(1006, '', { message: 'no', retryable: false, status: 401 });
    expect(refused.ends).toMatchObject([{ status: 401 }]);
    const expired = newLineRig({ token: 'tok' });
    expired.goLive();
    expired.network.socket().ends(4010);
    expect(expired.ends).toMatchObject([{ close: 4010 }]);
  });

  it('tries again when none comes, and gives up like with any other trouble', async () => {
    const token = () => Promise.reject(new Error('offline'));
    const { clock, network, states, ends } = newLineRig({ token, giveUpMsMax: 2_000 });
    await clock.advance(10_000);
    expect(network.sockets).toHaveLength(0);
    expect(states.filter(({ state }) => state === 'reconnecting')).toHaveLength(2);
    expect(ends).toMatchObject([{ code: 'no_token' }]);
    expect(clock.pending).toBe(0);
  });

  it('repeats no token that cannot be sent, as a browser would', async () => {
    const { ends } = newLineRig({ token: () => Promise.resolve('canary canary') });
    await settle();
    expect(ends).toMatchObject([{ code: 'unreachable', retryable: false }]);
    expect(JSON.stringify(ends) + String(ends[0])).not.toContain('canary');
  });

  it('ends when a token cannot be sent', async () => {
    const open = (): never => {
      throw new SyntaxError('an invalid subprotocol');
    };
    const network = { ...newNetwork(), open };
    const { ends } = newLineRig({ token: () => Promise.resolve('ä') }, true, network);
    await settle();
    expect(ends).toMatchObject([{ code: 'unreachable', retryable: false }]);
    expect(network.sockets).toHaveLength(0);
  });
});
