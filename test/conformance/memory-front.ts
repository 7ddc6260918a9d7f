/**
 * MemoryFront: the same as the front over sockets, for the TypeScript client in virtual time.
 */
import { failed, refused } from '../../src/client/failure.ts';
import type { OpenSocket } from '../../src/client/socket.ts';
import type { Clock } from '../../src/clock.ts';
import type { Attempt, Peer, PeerEvents } from './front.ts';

/** One way. */
const DELAY_MS = 2;

export function memoryFront(clock: Clock, onAttempt: (attempt: Attempt) => void): OpenSocket {
  return (url, token, events) => {
    let state: 'open' | 'over' = 'open';
    let peer: PeerEvents | undefined;
    const later = (run: () => void): void => {
      clock.after(DELAY_MS, run);
    };
    const down = (run: () => void): void => {
      later(() => {
        if (state === 'open') run();
      });
    };
    const end = (run: () => void): void =>
      down(() => {
        state = 'over';
        run();
        peer?.onClose();
      });
    const opened: Peer = {
      say: (text) => down(() => events.onText(text)),
      close: (code, reason) => end(() => events.onClose(code, reason)),
      cut: () => end(() => events.onClose(1006, '')),
    };
    const attempt: Attempt = {
      token,
      wrong: [],
      accept(at) {
        peer = at;
        down(() => events.onOpen());
        return opened;
      },
      refuse: (status, retryAfter) =>
        end(() => events.onClose(1006, '', refused(url, status, retryAfter))),
      drop: () => end(() => events.onClose(1006, '', failed(url, resetError()))),
    };
    later(() => onAttempt(attempt));
    return {
      send(data) {
        if (state === 'over') return;
        later(() => (typeof data === 'string' ? peer?.onText(data) : peer?.onAudio(data)));
      },
      close() {
        if (state === 'over') return;
        state = 'over';
        later(() => peer?.onClose());
      },
    };
  };
}

function resetError(): Error {
  return Object.assign(new Error('reset'), { code: 'ECONNRESET' });
}
