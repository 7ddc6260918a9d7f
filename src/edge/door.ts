/**
 * Door: from a knock to a session.
 *
 * Decides who comes in, and ties each socket to an outbox and a session for as long as both live.
 */
import { randomUUID } from 'node:crypto';
import { Line } from '../session/line.ts';
import type { Registry } from '../session/registry.ts';
import { Session } from '../session/session.ts';
import type { Device, Surroundings } from '../session/surroundings.ts';
import { tooLarge } from '../wire/audio.ts';
import { isFault } from '../wire/fault.ts';
import { parseMessage } from '../wire/message.ts';
import { admit } from './admission.ts';
import type { Refused } from './auth.ts';
import { identify } from './auth.ts';
import type { Connection, Door, Enter, Knock } from './listener.ts';
import type { Pipe } from './outbox.ts';
import { Outbox } from './outbox.ts';
import type { Overload } from './overload.ts';
import { Thinned } from './thinned.ts';

export const STREAM_PATH = '/v1/stream';

export interface DoorParts extends Omit<Surroundings, 'onTaken'> {
  readonly registry: Registry;
  /** What is done against overload now. */
  readonly overload: Overload;
  /** A session has come here from another process: that one is to release it, if it still has `holder`. */
  readonly onTaken: (session: string, process: string, holder: string) => void;
}

/** Calls each session by a name of its own: one that comes back later is not the one that was here. */
type Named = DoorParts & { readonly newHolder: () => string };

/** Between the name of a process, and the number of a session there. */
const NUMBERED = '_';

export function newDoor(parts: DoorParts): Door {
  let sessions = 0;
  const newHolder = (): string => {
    sessions += 1;
    return `${parts.holder}${NUMBERED}${sessions}`;
  };
  const named = { ...parts, newHolder };
  return { path: STREAM_PATH, answer: (knock) => answer(named, knock) };
}

function answer(parts: Named, knock: Knock): Enter | Refused {
  const identified = identify(knock.query);
  if ('refused' in identified) return identified.refused;
  const { metrics, config, isDraining, overload } = parts;
  const { opening, open, finishing } = metrics.sessions;
  const house = {
    sessions: opening + open + finishing,
    sessionsMax: config.sessionsMax,
    draining: isDraining(),
    overloaded: overload.does('refuse'),
  };
  return admit(house) ?? ((pipe) => enter(parts, identified.device, pipe));
}

function enter(parts: Named, device: Device, pipe: Pipe): Connection {
  const { registry, metrics, config, clock, overload } = parts;
  const outbox = new Outbox(pipe, config.outboxBytesMax, {
    onHanded: (message) => line.handed(message),
    onPressure: (pressed) => {
      metrics.outboxPressed += pressed ? 1 : -1;
      if (pressed) metrics.outboxPressures += 1;
    },
  });
  const line = new Line(new Thinned(outbox, clock, () => overload.does('thin')));
  const holder = parts.newHolder();
  const session = new Session({
    ...{ ...parts, id: randomUUID(), device, line, others: registry, holder },
    onTaken: (id, from) => {
      const process = from.slice(0, from.lastIndexOf(NUMBERED));
      if (process !== parts.holder) parts.onTaken(id, process, from);
    },
  });
  registry.add(session, holder);
  return {
    onText: (text) => {
      const message = parseMessage(text);
      if (isFault(message)) line.fault(message);
      else line.message(message);
    },
    onBinary: (bytes) => line.frame(bytes),
    onTooLarge: (bytes, bytesMax) =>
      line.fault(tooLarge(`${bytes} bytes long`, `${bytesMax} bytes`)),
    onDrain: () => outbox.drain(),
    onLost: () => {
      outbox.lost();
      line.lost();
    },
  };
}
