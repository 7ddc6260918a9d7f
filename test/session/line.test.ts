import { describe, expect, it } from 'vitest';
import type { Party } from '../../src/session/line.ts';
import { Line } from '../../src/session/line.ts';

/** Notes what is said to it. */
class Notes implements Party {
  readonly said: string[] = [];
  message = (): void => void this.said.push('message');
  frame = (): void => void this.said.push('frame');
  fault = (): void => void this.said.push('fault');
  handed = (): void => void this.said.push('handed');
  lost = (): void => void this.said.push('lost');
}

const ALL = ['message', 'frame', 'fault', 'handed', 'lost'];

function sayAll(line: Line): void {
  line.message({ type: 'finish' });
  line.frame(new Uint8Array(2));
  line.fault({ code: 'bad_message', message: '' });
  line.handed({ type: 'queued', position: 1, etaMs: null });
  line.lost();
}

describe('Line', () => {
  const sink = { send: () => true, close: () => undefined };

  it('brings what comes on the socket to whom it is tied, and to nobody else', () => {
    const line = new Line(sink);
    const [first, second] = [new Notes(), new Notes()];
    sayAll(line);
    line.tie(first);
    sayAll(line);
    line.tie(second);
    sayAll(line);
    line.tie(undefined);
    sayAll(line);
    expect(first.said).toEqual(ALL);
    expect(second.said).toEqual(ALL);
  });

  it('sends to the socket whoever is tied to it', () => {
    const sent: unknown[] = [];
    const line = new Line({
      send: (message) => sent.push(message) < 2,
      close: (code, reason) => sent.push([code, reason]),
    });
    const queued = { type: 'queued' as const, position: 1, etaMs: null };
    expect([line.send(queued), line.send(queued)]).toEqual([true, false]);
    line.close(1000, 'finished');
    expect(sent).toEqual([queued, queued, [1000, 'finished']]);
  });
});
