/**
 * PlantedServers: servers that are broken on purpose, each in one way, and a case that has to find it.
 */
import type { Json, ServerCase } from './case.ts';

interface Planted {
  /** What is wrong with it. */
  readonly what: string;
  readonly by: ServerCase['name'];
  /** One for each session: what is said in place of a message. */
  tamper?(): (message: Json) => readonly Json[];
  /** What it passes over. */
  readonly deafTo?: string;
}

function change(
  type: string,
  how: (message: Json) => readonly Json[],
): () => (message: Json) => readonly Json[] {
  return () => (message) => (message['type'] === type ? how(message) : [message]);
}

const WHOLE = 'transcribes speech, and ends a session by finish';
const RESUMED = 'goes on with a session whose connection was lost';

export const PLANTED_SERVERS: readonly Planted[] = [
  {
    what: 'says acks only when something happens',
    by: 'says acks though nothing happens',
    tamper: change('ack', () => []),
  },
  {
    what: 'takes its window back',
    by: 'says acks though nothing happens',
    tamper: change('ack', (ack) => [{ ...ack, windowMs: 100 }]),
  },
  {
    what: 'settles without a token',
    by: WHOLE,
    tamper: change('final', ({ resume, ...final }) => [final]),
  },
  { what: 'says a final twice', by: WHOLE, tamper: change('final', (final) => [final, final]) },
  { what: 'loses finals', by: WHOLE, tamper: change('final', () => []) },
  {
    what: 'counts results anew after a resume',
    by: RESUMED,
    tamper: () => {
      let readies = 0;
      return (message) => {
        if (message['type'] === 'ready') readies += 1;
        const isAnew = message['type'] === 'final' && readies > 1;
        return [isAnew ? { ...message, result: 1 } : message];
      };
    },
  },
  {
    what: 'wants frames again that are settled',
    by: RESUMED,
    tamper: change('ready', (ready) => [
      ready['resumed'] === false ? ready : { ...ready, frame: 1 },
    ]),
  },
  {
    what: 'says interims of what is final',
    by: WHOLE,
    tamper: change('final', (final) => [
      final,
      { type: 'interim', start: final['start'], end: final['end'], text: 'late' },
    ]),
  },
  {
    what: 'has sums that do not balance',
    by: WHOLE,
    tamper: change('summary', (summary) => [
      { ...summary, silentMs: Number(summary['silentMs']) + 400 },
    ]),
  },
  { what: 'says no summary', by: WHOLE, tamper: change('summary', () => []) },
  {
    what: 'talks on after the summary',
    by: WHOLE,
    tamper: change('summary', (summary) => [summary, { type: 'queued', position: 0, etaMs: null }]),
  },
  {
    what: 'says nothing of what it dropped',
    by: 'drops what comes beyond the window, and says so',
    tamper: change('gap', () => []),
  },
  {
    what: 'calls a fault of the device something to try again',
    by: 'refuses a start with a field that nobody knows',
    tamper: change('error', (error) => [{ ...error, retryable: true }]),
  },
  {
    what: 'closes without a word of why',
    by: 'refuses a start without a sample rate',
    tamper: change('error', () => []),
  },
  {
    what: 'says nothing to whom it replaces',
    by: 'closes the connection before when a newer one takes the session',
    tamper: change('error', () => []),
  },
  {
    what: 'passes over finalize',
    by: 'brings the finals of what was said before finalize, without a pause',
    deafTo: 'finalize',
  },
];
