/**
 * Program: a case against any client, over real sockets and in real time.
 */
import { systemClock } from '../../src/clock.ts';
import type { ClientCase, Json } from './case.ts';
import { ClientPlay } from './client-play.ts';
import { listen } from './front.ts';
import { startSubject } from './subject.ts';

interface Program {
  readonly command: string;
  /** How much later than it should a thing may come. */
  readonly slackMs: number;
}

/** What was wrong, a sentence each; empty when nothing was. */
export async function playProgram(
  one: ClientCase,
  { command, slackMs }: Program,
): Promise<string[]> {
  let tell: (line: Json) => void = () => undefined;
  const play: ClientPlay = new ClientPlay({
    clock: systemClock,
    slackMs,
    tell: (line) => tell(line),
  });
  const front = await listen((attempt) => play.onAttempt(attempt));
  const subject = startSubject(command, front.url, (line) => play.onTold(line));
  tell = (line) => subject.tell(line);
  try {
    const wrong = await play.play(one, front.url);
    if (wrong.length === 0) return [];
    return [...wrong, ...subject.complaints.map((line) => `it says: ${line}`)];
  } finally {
    await subject.end();
    await front.close();
  }
}
