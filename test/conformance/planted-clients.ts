/**
 * PlantedClients: clients that are broken on purpose, each in one way, and a case that has to find it.
 */
import type { StreamPorts } from '../../src/client/client.ts';
import type { OpenSocket } from '../../src/client/socket.ts';
import type { Clock } from '../../src/clock.ts';
import type { ClientCase, Json } from './case.ts';
import type { Flaw } from './in-memory.ts';

/** Changes what comes, or what goes, of each connection; undefined: it is lost. */
interface Tamper {
  down?(message: Json): Json | undefined;
  up?(message: Json): Json | undefined;
  /** Sent at once in answer to what comes. */
  reply?(message: Json): Json | undefined;
  /** A frame that goes right behind `start`. */
  readonly early?: Uint8Array;
}

function tampered({ down, up, reply, early }: Tamper): Flaw {
  const ports = (sound: StreamPorts): StreamPorts => {
    const open: OpenSocket = (url, token, events) => {
      const socket = sound.open(url, token, {
        ...events,
        onText: (text) => {
          const came: Json = JSON.parse(text);
          const answer = reply?.(came);
          if (answer !== undefined) socket.send(JSON.stringify(answer));
          const message = down === undefined ? came : down(came);
          if (message !== undefined) events.onText(JSON.stringify(message));
        },
      });
      return {
        close: () => socket.close(),
        send(data) {
          if (typeof data !== 'string') {
            socket.send(data);
            return;
          }
          const going: Json = JSON.parse(data);
          const message = up === undefined ? going : up(going);
          if (message !== undefined) socket.send(JSON.stringify(message));
          if (going['type'] === 'start' && early !== undefined) socket.send(early);
        },
      };
    };
    return { ...sound, open };
  };
  return { ports };
}

function lacking(message: Json, ...names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(message).filter(([name]) => !names.includes(name)));
}

function notOf(type: string): (message: Json) => Json | undefined {
  return (message) => (message['type'] === type ? undefined : message);
}

function of(type: string, change: (message: Json) => Json): (message: Json) => Json {
  return (message) => (message['type'] === type ? change(message) : message);
}

function only(type: string, change: (message: Json) => Json): (message: Json) => Json | undefined {
  return (message) => (message['type'] === type ? change(message) : undefined);
}

/** Asks for another connection over and over, whatever it is told. */
function hasty({ open, ...sound }: StreamPorts): StreamPorts {
  return { ...sound, open, random: () => 0, clock: hurried(sound.clock) };
}

function hurried(clock: Clock): Clock {
  return timed(clock, (delayMs) => delayMs / 20);
}

/** Leaves without a word, a moment after a message. */
function leaving(after: (message: Json) => boolean): Flaw {
  const ports = (sound: StreamPorts): StreamPorts => {
    const open: OpenSocket = (url, token, events) => {
      const socket = sound.open(url, token, {
        ...events,
        onText: (text) => {
          events.onText(text);
          if (after(JSON.parse(text))) sound.clock.after(100, () => socket.close());
        },
      });
      return socket;
    };
    return { ...sound, open };
  };
  return { ports };
}

/** Never gets to the end of the 3 s in which something has to come. */
function patient(clock: Clock): Clock {
  return timed(clock, (delayMs) => (delayMs > 2_000 && delayMs <= 3_000 ? 1e6 : delayMs));
}

function timed(clock: Clock, delay: (delayMs: number) => number): Clock {
  return {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    after: (delayMs, run) => clock.after(delay(delayMs), run),
  };
}

/** Shows each final again a moment later. */
function twice(line: Json): Json[] {
  return line['type'] === 'final' ? [line, line] : [line];
}

interface Planted {
  /** What is wrong with it. */
  readonly what: string;
  readonly flaw: Flaw;
  /** What has to find it. */
  readonly by: ClientCase['name'];
}

export const PLANTED_CLIENTS: readonly Planted[] = [
  {
    what: 'sends audio before ready',
    flaw: tampered({ early: new Uint8Array(3_200) }),
    by: 'says start first, and sends nothing before ready',
  },
  {
    what: 'knows no window',
    flaw: tampered({
      down: (message) => ('windowMs' in message ? { ...message, windowMs: 60_000 } : message),
    }),
    by: 'sends no audio beyond the window',
  },
  {
    what: 'knows no bound of a frame',
    flaw: tampered({ down: of('ready', (ready) => ({ ...ready, maxFrameMs: 1_000 })) }),
    by: 'cuts audio to the frames that ready allows, by length',
  },
  {
    what: 'is silent while it has nothing to say',
    flaw: tampered({ up: notOf('keepalive') }),
    by: 'says keepalive when it has nothing else to say',
  },
  {
    what: 'forgets its token',
    flaw: tampered({ up: of('start', (start) => lacking(start, 'resume')) }),
    by: 'resumes with the newest token and result, from the frame that the server wants',
  },
  {
    what: 'says that it has no finals',
    flaw: tampered({
      up: of('start', ({ resume, ...start }) =>
        typeof resume === 'object' ? { ...start, resume: { ...resume, result: 0 } } : start,
      ),
    }),
    by: 'resumes with the newest token and result, from the frame that the server wants',
  },
  {
    what: 'lets audio go by an ack without a token',
    flaw: tampered({ down: of('ack', (ack) => ({ resume: 't-a', ...ack })) }),
    by: 'keeps audio whose settled came without a token',
  },
  {
    what: 'begins a new session after each cut',
    flaw: tampered({ down: of('ready', (ready) => ({ ...ready, resumed: false })) }),
    by: 'resumes with the newest token and result, from the frame that the server wants',
  },
  {
    what: 'never misses the server',
    flaw: {
      ports: (sound) => ({ ...sound, clock: patient(sound.clock) }),
    },
    by: 'leaves a connection on which nothing has come for 3 s',
  },
  {
    what: 'stays after goaway',
    flaw: tampered({ down: notOf('goaway') }),
    by: 'goes elsewhere at once after goaway, and reads nothing after it',
  },
  {
    what: 'waits too little',
    flaw: { ports: hasty },
    by: 'doubles its waits, between bounds, and counts anew once something was settled',
  },
  {
    what: 'waits a second each time',
    flaw: {
      ports: (sound) => ({
        ...sound,
        clock: timed(sound.clock, (ms) => (ms > 1_000 && ms <= 4_000 ? 1_000 : ms)),
      }),
    },
    by: 'doubles its waits, between bounds, and counts anew once something was settled',
  },
  {
    what: 'leaves while it has to hold audio back',
    flaw: leaving((message) => message['windowMs'] === 200),
    by: 'sends no audio beyond the window',
  },
  {
    what: 'waits not as long as the server asks',
    flaw: tampered({ down: of('error', (error) => lacking(error, 'retryAfterMs')) }),
    by: 'waits as long as the server asks, then resumes',
  },
  {
    what: 'comes back whatever the server says',
    flaw: tampered({ down: notOf('error') }),
    by: 'waits as long as the server asks, then resumes',
  },
  {
    what: 'asks for its bearer token once only',
    flaw: { command: (command) => (command['do'] === 'token' ? undefined : command) },
    by: 'asks for another bearer token when it has run out, and keeps the resume token',
  },
  {
    what: 'says nothing of what it lost',
    flaw: tampered({ up: notOf('gap') }),
    by: "declares what didn't fit into its store, in its place",
  },
  {
    what: 'says no finish',
    flaw: tampered({ up: notOf('finish') }),
    by: 'says finish behind all audio, and ends with the summary',
  },
  {
    what: 'shows finals twice',
    flaw: { told: twice },
    by: 'shows interims and finals in their order, each final once',
  },
  {
    what: 'shows what comes again after a resume',
    flaw: { told: twice },
    by: 'shows no final and no gap twice that come again after a resume',
  },
  {
    what: 'shows no gap',
    flaw: { told: (line) => (line['type'] === 'gap' ? [] : [line]) },
    by: 'shows interims and finals in their order, each final once',
  },
  {
    what: 'ends at what it does not know',
    flaw: tampered({ down: of('weather', (message) => ({ ...message, type: 'ack' })) }),
    by: "passes over message types and fields that it doesn't know",
  },
  {
    what: 'says seen at each final',
    flaw: tampered({ reply: only('final', ({ result }) => ({ type: 'seen', result })) }),
    by: 'says at most once a second which finals it has',
  },
];
