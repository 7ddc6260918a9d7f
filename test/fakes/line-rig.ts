/**
 * LineRig: a Line over sockets whose other ends are the test, and all that it says.
 */
import { Line } from '../../src/client/line.ts';
import type { ConnectOptions, StreamState } from '../../src/client/options.ts';
import { limitsOf } from '../../src/client/options.ts';
import type { StreamError } from '../../src/client/problem.ts';
import type { ServerMessage } from '../../src/wire/message.ts';
import { FakeClock } from './fake-clock.ts';
import { newNetwork } from './fake-socket.ts';
import { READY } from './scripted-server.ts';

export const START = { encoding: 'LINEAR16', sampleRateHertz: 16_000 } as const;
/** What it brings until it is forsaken. */
export const RESUME = { token: 't', result: 3 };

/** `waiting`: there is audio without an outcome. */
export function newLineRig(
  options: Partial<ConnectOptions> = {},
  waiting = true,
  network = newNetwork(),
) {
  const clock = new FakeClock();
  const states: StreamState[] = [];
  const messages: ServerMessage[] = [];
  const ends: (StreamError | undefined)[] = [];
  let resume: object | undefined = RESUME;
  const all: ConnectOptions = { url: 'ws://host/v1/stream', start: START, ...options };
  const line = new Line(
    all,
    limitsOf(all),
    { clock, random: () => 0.5, open: network.open },
    {
      resume: () => resume,
      isWaiting: () => waiting,
      onForsaken: () => {
        resume = undefined;
      },
      onMessage: (message) => messages.push(message),
      onState: (state) => states.push(state),
      onEnd: (why) => ends.push(why),
    },
  );
  line.begin();
  const goLive = (): void => {
    network.socket().opens();
    network.socket().says(READY);
    network.socket().drain();
  };
  return { clock, network, states, messages, ends, line, goLive };
}
