/**
 * Door: from a knock to a session.
 *
 * Decides who comes in, and ties each socket to an outbox and a session for as long as both live.
 */
import { randomUUID } from 'node:crypto';
import type { Metrics } from '../metrics.ts';
import { REFUSALS } from '../metrics.ts';
import { Line } from '../session/line.ts';
import { errorOf } from '../session/reasons.ts';
import type { Registry } from '../session/registry.ts';
import type { SessionParts } from '../session/session.ts';
import { Session } from '../session/session.ts';
import type { Surroundings } from '../session/surroundings.ts';
import { tooLarge } from '../wire/audio.ts';
import type { CloseWord } from '../wire/close.ts';
import { CLOSE } from '../wire/close.ts';
import { isFault } from '../wire/fault.ts';
import type { ServerMessage } from '../wire/message.ts';
import { parseMessage } from '../wire/message.ts';
import { admit } from './admission.ts';
import type { Auth, Identified, Refused } from './auth.ts';
import { isOffered } from './auth.ts';
import type { Visitor } from './claims.ts';
import type { Gate } from './gate.ts';
import type { Answer, Connection, Door, Knock } from './listener.ts';
import { Meters } from './meter.ts';
import { originProblem, proxyProblem } from './origin.ts';
import type { OutboxEvents, Pipe } from './outbox.ts';
import { Outbox } from './outbox.ts';
import type { Overload } from './overload.ts';
import { Thinned } from './thinned.ts';
import type { VisitParts } from './visit.ts';
import { Visit } from './visit.ts';

export const STREAM_PATH = '/v1/stream';

export interface DoorParts extends Omit<Surroundings, 'onTaken'> {
  /** Name of this process among those that share sessions. */
  readonly holder: string;
  readonly registry: Registry;
  /** Says who comes. */
  readonly auth: Auth;
  /** Says how often. */
  readonly gate: Gate;
  /** What is done against overload now. */
  readonly overload: Overload;
  /** A session has come here from another process: that one is to release it, if it still has `holder`. */
  readonly onTaken: (session: string, process: string, holder: string) => void;
}

/** Calls each session by a name of its own: one that comes back later is not the one that was here. */
interface Named extends DoorParts {
  readonly newHolder: () => string;
  readonly meters: Meters;
  readonly isThin: () => boolean;
  /** For each session. */
  readonly shared: SessionParts;
}

/** Between the name of a process, and the number of a session there. */
const NUMBERED = '_';

export function newDoor(parts: DoorParts): Door {
  let sessions = 0;
  const newHolder = (): string => {
    sessions += 1;
    return `${parts.holder}${NUMBERED}${sessions}`;
  };
  const named: Named = {
    ...parts,
    newHolder,
    meters: new Meters(),
    isThin: () => parts.overload.does('thin'),
    shared: sharedOf(parts),
  };
  return { path: STREAM_PATH, answer: (knock) => answer(named, knock) };
}

function sharedOf(parts: DoorParts): SessionParts {
  const { clock, random, config, recognizer, slots, overlaps, budget, metrics, log } = parts;
  const { tickets, isDraining, registry: others } = parts;
  return {
    ...{ clock, random, config, recognizer, slots, overlaps, budget, metrics, log },
    ...{ tickets, isDraining, others },
    onTaken: (id, from) => {
      const process = from.slice(0, from.lastIndexOf(NUMBERED));
      if (process !== parts.holder) parts.onTaken(id, process, from);
    },
  };
}

/** At once, unless somebody has to be asked who this is. */
function answer(parts: Named, knock: Knock): Answer | Promise<Answer> {
  const stranger = originProblem(knock.origin, knock.host, parts.config);
  if (stranger !== undefined) return refuse(parts, stranger);
  const brought = proxyProblem(knock, parts.config);
  if (brought !== undefined) return away(parts, knock, brought);
  const full = house(parts);
  if (full !== undefined) return away(parts, knock, full);
  const knocked = parts.gate.knock(knock.address);
  if (knocked === undefined) return identify(parts, knock);
  return knocked.then((refused) =>
    refused === undefined ? identify(parts, knock) : away(parts, knock, refused),
  );
}

function identify(parts: Named, knock: Knock): Answer | Promise<Answer> {
  const identified = parts.auth.identify(knock);
  return identified instanceof Promise
    ? identified.then((known) => greet(parts, knock, known))
    : greet(parts, knock, identified);
}

function greet(parts: Named, knock: Knock, known: Identified): Answer | Promise<Answer> {
  if ('status' in known) return away(parts, knock, known);
  const greeted = parts.gate.greet(known);
  if (greeted === undefined) return welcome(parts, knock, known);
  return greeted.then((refused) =>
    refused === undefined ? welcome(parts, knock, known) : away(parts, knock, refused),
  );
}

function house({ metrics, config, isDraining, overload }: Named): Refused | undefined {
  const { opening, open, finishing } = metrics.sessions;
  return admit({
    sessions: opening + open + finishing,
    sessionsMax: config.sessionsMax,
    draining: isDraining(),
    overloaded: overload.does('refuse'),
  });
}

/** While it was asked who this is, others may have come in. */
function welcome(parts: Named, knock: Knock, visitor: Visitor): Answer {
  const { gate, clock, meters } = parts;
  const full = house(parts) ?? gate.full(knock.address, visitor);
  if (full !== undefined) return away(parts, knock, full);
  const meter = meters.of(visitor, clock.wallMs());
  if (meter === 'full') return away(parts, knock, METERS_FULL);
  return (pipe) => {
    const pass = gate.enter(knock.address, visitor, clock.nowMs());
    return new Stay(parts, { visitor, meter, pass }, pipe);
  };
}

const METERS_FULL: Refused = {
  status: 503,
  message: 'too many tokens that limit audio are in use, expected less soon',
  retryAfterMs: 60_000,
};

/** A browser sees no HTTP answer: who has come like one, or is one, is let in to be told. */
function away(parts: Named, knock: Knock, refused: Refused): Answer {
  refuse(parts, refused);
  if (refused.status === 400 || !(isOffered(knock) || knock.origin !== '')) return refused;
  const { message, retryAfterMs, code = CODES[refused.status] ?? 'bad_message' } = refused;
  const error = errorOf({ code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) });
  return (pipe) => {
    pipe.send(JSON.stringify(error));
    pipe.end(CLOSE[code].close, code);
    return NOBODY;
  };
}

function refuse({ metrics }: Named, refused: Refused): Refused {
  const word = REFUSALS.find((each) => each === `${refused.status}`) ?? '400';
  metrics.refusals[word] += 1;
  return refused;
}

const CODES: { readonly [status: number]: CloseWord } = {
  401: 'unauthenticated',
  429: 'rate_limited',
  503: 'overloaded',
};

const NOBODY: Connection = {
  onText: ignore,
  onBinary: ignore,
  onTooLarge: ignore,
  onPing: ignore,
  onDrain: ignore,
  onLost: ignore,
};

function ignore(): void {
  // Whoever was sent away is not listened to.
}

/** Who comes in, and what is counted of what it sends. */
type Guest = Pick<VisitParts, 'visitor' | 'meter' | 'pass'>;

/** One connection, from when it is open until it is lost: what holds its ends together. */
class Stay implements Connection, OutboxEvents {
  readonly #metrics: Metrics;
  readonly #outbox: Outbox;
  readonly #line: Line;
  readonly #visit: Visit;

  constructor(parts: Named, { visitor, meter, pass }: Guest, pipe: Pipe) {
    const { metrics, config, clock } = parts;
    this.#metrics = metrics;
    metrics.connections += 1;
    this.#outbox = new Outbox(pipe, config.outboxBytesMax, this);
    const line = new Line(new Thinned(this.#outbox, clock, parts.isThin));
    this.#line = line;
    open(parts, visitor, line);
    this.#visit = new Visit({ visitor, clock, config, meter, pass, party: line });
  }

  onHanded(message: ServerMessage): void {
    this.#visit.handed(message);
    this.#line.handed(message);
  }

  onPressure(pressed: boolean): void {
    this.#metrics.outboxPressed += pressed ? 1 : -1;
    if (pressed) this.#metrics.outboxPressures += 1;
  }

  onText(text: string): void {
    const came = this.#visit.came(text.length) ?? this.#visit.text(text) ?? parseMessage(text);
    const heard = isFault(came) ? came : this.#visit.message(came);
    if (isFault(heard)) this.#line.fault(heard);
    else this.#line.message(heard);
  }

  onBinary(bytes: Uint8Array): void {
    const audio = this.#visit.came(bytes.length) ?? this.#visit.frame(bytes);
    if (isFault(audio)) this.#line.fault(audio);
    else this.#line.frame(audio);
  }

  onTooLarge(bytes: number, bytesMax: number): void {
    this.#line.fault(tooLarge(`${bytes} bytes long`, `${bytesMax} bytes`));
  }

  onPing(bytes: number): void {
    const fault = this.#visit.came(bytes);
    if (fault !== undefined) this.#line.fault(fault);
  }

  onDrain(): void {
    this.#outbox.drain();
  }

  onLost(): void {
    this.#visit.leave();
    this.#outbox.lost();
    this.#line.lost();
  }
}

/** A session that listens to `line`, until another one does. */
function open({ registry, newHolder, shared }: Named, { device }: Visitor, line: Line): void {
  const holder = newHolder();
  registry.add(new Session(shared, { id: randomUUID(), holder, device, line }), holder);
}
