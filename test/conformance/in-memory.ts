/**
 * InMemory: a case against the TypeScript client in virtual time, or against one that is broken on
 * purpose.
 */
import type { StreamPorts } from '../../src/client/client.ts';
import { Stream } from '../../src/client/client.ts';
import { randomOf } from '../emulator/random.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { adapterOf } from './adapter.ts';
import type { ClientCase, Json } from './case.ts';
import { ClientPlay } from './client-play.ts';
import { memoryFront } from './memory-front.ts';

/** What a broken client does otherwise. */
export interface Flaw {
  ports?(ports: StreamPorts): StreamPorts;
  /** What it is told by the tester; undefined: nothing. */
  command?(command: Json): Json | undefined;
  /** What the app is told, besides what the client says. */
  told?(line: Json): readonly Json[];
}

const URL = 'ws://127.0.0.1/v1/stream';
const STEP_MS = 5;

/** What was wrong; empty when nothing was. */
export async function playInMemory(one: ClientCase, flaw: Flaw = {}): Promise<string[]> {
  const clock = new FakeClock();
  const play: ClientPlay = new ClientPlay({
    clock,
    slackMs: 20,
    tell(command) {
      const heard = flaw.command === undefined ? command : flaw.command(command);
      if (heard !== undefined) take(heard);
    },
  });
  const sound: StreamPorts = {
    clock,
    random: randomOf(1),
    open: memoryFront(clock, (attempt) => play.onAttempt(attempt)),
  };
  const ports = flaw.ports?.(sound) ?? sound;
  const take = adapterOf(
    (options) => new Stream(options, ports),
    (line) => {
      const said: Json = { ...line };
      for (const each of flaw.told?.(said) ?? [said]) play.onTold(each);
    },
  );
  let state: 'playing' | 'over' = 'playing';
  const played = play.play(one, URL).finally(() => {
    state = 'over';
  });
  while (state === 'playing') await clock.advance(STEP_MS);
  return played;
}
