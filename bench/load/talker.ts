/**
 * Talker: one session of the load, from its connection to its summary.
 */
import type { Form } from './frames.ts';
import { Frames, textFrame } from './frames.ts';
import type { Address } from './raw-socket.ts';
import { RawSocket } from './raw-socket.ts';

const START = textFrame(
  '{"type":"start","encoding":"LINEAR16","sampleRateHertz":16000,"language":"en-US"}',
);
const FINISH = textFrame('{"type":"finish"}');
/** `{"type":"` */
const TYPE_AT = 9;
const QUOTE = 0x22;
const AT_SIGN = '@';
/** Bytes that may wait in this process while a flood goes on. */
const FLOOD_BYTES_MAX = 65_536;

export interface TalkerParts {
  readonly address: Address;
  readonly speaks: 'earshot' | 'nothing';
  readonly form: Form;
  readonly frameBytes: number;
  readonly frameMs: number;
  readonly session: number;
  readonly onType: (type: string) => void;
  /** When what is said now left the sink behind the server. */
  readonly onResult: (sentMs: number) => void;
  /** Audio that the server says it has received, in its summary. */
  readonly onReceived: (ms: number) => void;
  /** Once; undefined: as it was to be. */
  readonly onOver: (why: string | undefined) => void;
}

type State = 'starting' | 'ready' | 'finishing' | 'over';

export class Talker {
  /** Resolves when audio may be sent. Rejects when that never comes. */
  readonly ready: Promise<void>;
  readonly #parts: TalkerParts;
  readonly #frames: Frames | undefined;
  readonly #socket: RawSocket;
  #state: State = 'starting';
  #isSummed = false;
  #received = 0;
  #windowMs = 0;

  constructor(parts: TalkerParts) {
    this.#parts = parts;
    const { frameBytes, session, form, address, speaks } = parts;
    this.#frames = frameBytes === 0 ? undefined : new Frames(session, frameBytes, form);
    let begin: () => void = () => undefined;
    let fail: (error: Error) => void = () => undefined;
    this.ready = new Promise((resolve, reject) => {
      begin = resolve;
      fail = reject;
    });
    const isReady = (): void => {
      this.#state = 'ready';
      begin();
    };
    this.#socket = new RawSocket(address, {
      onOpen: () => (speaks === 'nothing' ? isReady() : this.#socket.write(START)),
      onText: (bytes) => {
        const type = bytes.toString('latin1', TYPE_AT, bytes.indexOf(QUOTE, TYPE_AT));
        if (type === 'ready') isReady();
        this.#heard(type, bytes);
      },
      onClose: (why) => {
        fail(new Error(`session ${session} ended by ${why}`));
        this.#over(this.#isSummed ? undefined : why);
      },
    });
  }

  get sent(): number {
    return this.#frames?.count ?? 0;
  }

  /** Whether it may be sent audio. */
  get isOpen(): boolean {
    return this.#state === 'ready';
  }

  /** Sends the next frame, which was due then. True: earlier ones have not left yet. */
  send(dueMs: number): boolean {
    const frame = this.#frames?.next(dueMs);
    if (frame === undefined) return false;
    const isHeld = this.#socket.waiting > 0;
    // What waits is not to be written over.
    this.#socket.write(isHeld ? Buffer.from(frame) : frame);
    return isHeld;
  }

  /** Sends as much as is taken now. */
  flood(nowMs: number): number {
    const { speaks, frameMs } = this.#parts;
    let count = 0;
    while (this.#socket.waiting < FLOOD_BYTES_MAX) {
      const aheadMs = (this.sent - this.#received + 1) * frameMs;
      if (speaks === 'earshot' && aheadMs > this.#windowMs) break;
      const frame = this.#frames?.next(nowMs);
      if (frame === undefined) break;
      this.#socket.write(Buffer.from(frame));
      count += 1;
    }
    return count;
  }

  finish(): void {
    if (this.#state !== 'ready') return;
    this.#state = 'finishing';
    if (this.#parts.speaks === 'earshot') this.#socket.write(FINISH);
    else this.#over(undefined);
  }

  /** It has had its time. */
  giveUp(): void {
    this.#over('no summary');
  }

  #over(why: string | undefined): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#socket.destroy();
    this.#parts.onOver(why);
  }

  #heard(type: string, bytes: Buffer): void {
    this.#parts.onType(type);
    if (type === 'interim' || type === 'final') this.#result(bytes);
    else if (type === 'ready' || type === 'ack') this.#window(bytes);
    else if (type === 'summary') this.#summed(bytes);
    else if (type === 'error') this.#parts.onType(bytes.toString('latin1'));
  }

  #summed(bytes: Buffer): void {
    this.#isSummed = true;
    const ms = /"receivedMs":(\d+)/.exec(bytes.toString('latin1'))?.[1];
    this.#parts.onReceived(Number(ms ?? 0));
  }

  #result(bytes: Buffer): void {
    const from = bytes.indexOf(AT_SIGN);
    if (from < 0) return;
    this.#parts.onResult(
      Number(bytes.toString('latin1', from + 1, bytes.indexOf(AT_SIGN, from + 1))),
    );
  }

  #window(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    this.#received = Number(/"received":(\d+)/.exec(text)?.[1] ?? this.#received);
    this.#windowMs = Number(/"windowMs":(\d+)/.exec(text)?.[1] ?? this.#windowMs);
  }
}
