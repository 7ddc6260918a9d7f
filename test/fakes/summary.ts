/**
 * Summary: that of a session of which nothing came.
 */
import type { Summary } from '../../src/wire/message.ts';

export const SUMMARY: Summary = {
  type: 'summary',
  receivedMs: 0,
  transcribedMs: 0,
  silentMs: 0,
  droppedMs: {},
  releasedMs: 0,
  missingMs: 0,
  replayedMs: 0,
  billedMs: 0,
  streams: 1,
  results: 0,
};
