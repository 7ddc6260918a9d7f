/**
 * Story: what happens to the connection, a sentence for each thing as it happens. (pure)
 */
import type { StreamState } from '../client/browser.ts';
import type { ServerMessage, Summary } from '../wire/message.ts';
import type { PageState } from './state.ts';
import { secondsOf } from './times.ts';

/** How it is: nothing to do with us, as wished, under way, or wrong. */
type Tone = 'calm' | 'good' | 'busy' | 'bad';

export interface Chapter {
  /** One word or two, for where there is little room. */
  readonly word: string;
  readonly text: string;
  readonly tone: Tone;
}

export const READY: Chapter = { word: 'Ready', text: 'Nothing is recorded.', tone: 'calm' };
export const ASKING: Chapter = {
  word: 'Asking',
  text: 'The browser asks for the microphone: allow it.',
  tone: 'busy',
};
export const READING: Chapter = {
  word: 'Reading',
  text: 'The browser turns the file into samples.',
  tone: 'busy',
};
export const FINISHING: Chapter = {
  word: 'Finishing',
  text: 'No more audio: the last words are on their way.',
  tone: 'busy',
};

/** How it is once `chapter` is told: undefined where that stays as it was. */
export function statusOf(chapter: Chapter, state: PageState): Chapter | undefined {
  if (chapter.word === 'Warning') return undefined;
  // Nothing of the person's is live any more.
  if (state === 'finishing' && ['Live', 'Resumed'].includes(chapter.word)) return FINISHING;
  return chapter;
}

export function chapterOfState(state: StreamState): Chapter | undefined {
  switch (state.state) {
    case 'connecting':
      return connecting(state.attempt);
    case 'live':
      return state.fromMs === undefined ? LIVE : ANEW;
    case 'resumed':
      return state.by === 'held' ? RESUMED_HELD : RESUMED_TAKEN;
    case 'reconnecting':
      return reconnecting(state.why, state.waitMs);
    case 'resting':
      return RESTING;
    case 'ended':
      return undefined;
  }
}

export function chapterOfMessage(message: ServerMessage): Chapter | undefined {
  switch (message.type) {
    case 'queued':
      return message.position === 0 ? SERVED : queued(message.position, message.etaMs);
    case 'goaway':
      return GOING;
    case 'warning':
      return { word: 'Warning', text: sentence(message.message), tone: 'bad' };
    case 'summary':
      return settled(message);
    default:
      return undefined;
  }
}

const LIVE: Chapter = { word: 'Live', text: 'Live: the server listens.', tone: 'good' };
const SERVED: Chapter = { word: 'Live', text: 'Its turn has come: it is heard now.', tone: 'good' };
const ANEW: Chapter = {
  word: 'Live',
  text: 'Live in a new session: the one before could not be taken up again, and what was not settled is said again.',
  tone: 'good',
};
const RESUMED_HELD: Chapter = {
  word: 'Resumed',
  text: 'Resumed: the server still had the session, and it goes on where it was.',
  tone: 'good',
};
const RESUMED_TAKEN: Chapter = {
  word: 'Resumed',
  text: 'Resumed: another server took the session over, and it goes on where it was.',
  tone: 'good',
};
const RESTING: Chapter = {
  word: 'Resting',
  text: 'The server let a silent stream go: it connects again once there is audio.',
  tone: 'calm',
};
const GOING: Chapter = {
  word: 'Moving',
  text: 'This server goes away: the session moves to another one.',
  tone: 'busy',
};

/** The recognizer's own streams are replaced now and then; the session doesn't notice. */
export function rotated(streams: number): Chapter {
  const text = `Rotated: stream ${streams} of the recognizer hears it from here on.`;
  return { word: 'Live', text, tone: 'good' };
}

function connecting(attempt: number): Chapter {
  const text = attempt === 0 ? 'Connecting.' : `Connecting again, attempt ${attempt}.`;
  return { word: 'Connecting', text, tone: 'busy' };
}

function reconnecting(why: { readonly message: string }, waitMs: number): Chapter {
  const text = `The connection is gone: ${sentence(why.message)} Recording goes on; next attempt in ${secondsOf(waitMs)}.`;
  return { word: 'Reconnecting', text, tone: 'bad' };
}

function queued(position: number, etaMs: number | null): Chapter {
  const eta = etaMs === null ? '' : `, about ${secondsOf(etaMs)} to go`;
  const text = `Queued: place ${position}${eta}. What is said meanwhile is kept.`;
  return { word: `Queued, place ${position}`, text, tone: 'busy' };
}

function settled(summary: Summary): Chapter {
  const { receivedMs, transcribedMs, silentMs, droppedMs, missingMs } = summary;
  const lostMs = Object.values(droppedMs).reduce((sum, ms) => sum + ms, missingMs);
  const lost = lostMs === 0 ? 'nothing lost' : `${secondsOf(lostMs)} lost`;
  const text = `Settled: of ${secondsOf(receivedMs)}, ${secondsOf(transcribedMs)} were speech and ${secondsOf(silentMs)} silence; ${lost}.`;
  return { word: 'Settled', text, tone: 'good' };
}

/** With a full stop, as it stands among others. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
