/**
 * Planted: named defects, each a change of one line of the code, that the simulation has to find.
 *
 * `from` stands exactly once in the source, and as it is in the JavaScript made of it.
 */
export interface Planted {
  readonly name: string;
  /** What has to find it: sessions alone unless given. */
  readonly by?: 'fleet';
  /** Below src, without its extension. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const PLANTED: readonly Planted[] = [
  {
    name: 'tail dropped after half-close',
    file: 'session/leg',
    from: 'this.#stream?.finish();',
    to: 'this.#stream?.abort(); this.#ended(undefined);',
  },
  {
    name: 'replay off by one frame',
    file: 'session/leg',
    from: 'this.#dueMs = dueMs;',
    to: 'this.#dueMs = dueMs; if (this.#reader.entry) this.#reader.pass(this.#reader.entry);',
  },
  {
    name: 'samples not trimmed',
    file: 'session/leg',
    from: 'audio.subarray((from - start) * bytesPerSample, (end - start) * bytesPerSample)',
    to: 'audio',
  },
  {
    name: 'results released early',
    file: 'session/relay',
    from: 'leg === this.#head',
    to: 'leg !== undefined',
  },
  {
    name: 'held results forgotten',
    file: 'session/relay',
    from: 'this.#apply(next, said);',
    to: ';',
  },
  {
    name: 'replay from what was heard, settled or not',
    file: 'session/relay',
    from: 'return Math.max(leg.from, this.#settlement.replayFrom);',
    to: 'return leg.reader.at;',
  },
  {
    name: 'seam at the cut, though the old stream heard a word across it',
    file: 'session/relay',
    from: 'return Math.max(leg.cut ?? leg.reader.at, this.#spoken);',
    to: 'return leg.cut ?? leg.reader.at;',
  },
  {
    name: 'new stream keeps words before the seam',
    file: 'session/seam',
    from: 'middle(word) >= seam && startsBefore(word, cut)',
    to: 'startsBefore(word, cut)',
  },
  {
    name: 'cut too near to now for the old stream to hear the word across it',
    file: 'session/quiet',
    from: 'aheadMs: 700',
    to: 'aheadMs: 0',
  },
  {
    name: 'new stream begins behind the cut',
    file: 'session/quiet',
    from: 'return { from: start, cut: start + half };',
    to: 'return { from: start + half, cut: start };',
  },
  {
    name: 'replay without what stands before it',
    file: 'session/settlement',
    from: 'export const LEAD_MS = 300;',
    to: 'export const LEAD_MS = 0;',
  },
  {
    name: 'word times late by a frame',
    file: 'session/timeline',
    from: 'return run.session + Math.min(into, run.samples);',
    to: 'return run.session + Math.min(into + 800, run.samples);',
  },
  {
    name: 'speech settled as silence',
    file: 'speech/google/settling',
    from: 'const silent = isPatient ? Math.min(place, this.#speech?.from ?? place) : place;',
    to: 'const silent = this.#now;',
  },
  {
    name: 'end by a limit taken for a good one',
    file: 'speech/google/stream',
    from: "code !== 0 || from === 'open'",
    to: "![0, 10, 11].includes(code) || from === 'open'",
  },
  {
    name: 'last chunk never sent',
    file: 'speech/google/stream',
    from: 'this.#chunks.flush(this.#send);',
    to: 'this.#chunks.flush(() => undefined);',
  },
  {
    name: 'old socket still read',
    by: 'fleet',
    file: 'session/session',
    from: 'line?.tie(undefined);',
    to: '',
  },
  {
    name: 'frames sent again from the wrong one',
    by: 'fleet',
    file: 'client/tape',
    from: 'isBefore(this.#entries[from - 1], terms.frame)',
    to: 'isBefore(this.#entries[from - 1], terms.frame + 1)',
  },
  {
    name: 'resume claims a final that was never seen',
    by: 'fleet',
    file: 'client/heard',
    from: '{ token: this.#token, result: this.#result }',
    to: '{ token: this.#token, result: this.#result + 1 }',
  },
  {
    name: 'settled part of a frame counted again by another process',
    by: 'fleet',
    file: 'session/talk',
    from: 'skip: from?.into ?? 0',
    to: 'skip: 0',
  },
  {
    name: 'another process hears nothing of what is settled',
    by: 'fleet',
    file: 'session/settlement',
    from: 'this.#start = from.settled - from.lead;',
    to: 'this.#start = from.settled;',
  },
  {
    name: 'a stall taken for a pause',
    by: 'fleet',
    file: 'session/ageing',
    from: '!this.#quiet.isPause(from, at);',
    to: 'false;',
  },
  {
    name: 'finals not sent again',
    by: 'fleet',
    file: 'session/telling',
    from: 'this.#parts.events.send(message);',
    to: ';',
  },
  {
    name: 'results numbered anew by another process',
    by: 'fleet',
    file: 'session/talk',
    from: 'new Telling(told, speech.words, from?.result ?? 0)',
    to: 'new Telling(told, speech.words, 0)',
  },
  {
    name: 'another process goes on from one frame later',
    by: 'fleet',
    file: 'session/tape',
    from: 'this.#frame = start.frame;',
    to: 'this.#frame = start.frame + (start.frame > 0 ? 1 : 0);',
  },
];
