import { describe, expect, it } from 'vitest';
import { Inbox } from '../../src/client/inbox.ts';
import { problem } from '../../src/client/problem.ts';
import type { ServerMessage } from '../../src/wire/message.ts';

function final(result: number): ServerMessage {
  return { type: 'final', result, start: 0, end: 1, text: 'x', settled: 0, settledMs: 0 };
}

function interim(text: string): ServerMessage {
  return { type: 'interim', start: 0, end: 1, text };
}

async function readAll(inbox: Inbox): Promise<unknown[]> {
  const read: unknown[] = [];
  try {
    for await (const message of inbox.read()) read.push(message);
  } catch (error) {
    read.push(error);
  }
  return read;
}

describe('Inbox', () => {
  it('keeps finals in order, the newest interim, and none that a final covers', async () => {
    const inbox = new Inbox(10);
    inbox.push(interim('a'));
    inbox.push(interim('ab'));
    inbox.push(final(1));
    inbox.push(interim('c'));
    inbox.push(interim('cd'));
    inbox.push(final(2));
    inbox.push(interim('e'));
    inbox.end(undefined);
    inbox.push(final(3));
    expect(await readAll(inbox)).toEqual([final(1), final(2), interim('e')]);
  });

  it('wakes a reader that waits', async () => {
    const inbox = new Inbox(10);
    const read = readAll(inbox);
    await Promise.resolve();
    inbox.push(final(1));
    await Promise.resolve();
    inbox.push(final(2));
    inbox.end(undefined);
    expect(await read).toEqual([final(1), final(2)]);
  });

  it('throws the problem after the last message', async () => {
    const inbox = new Inbox(10);
    const lost = problem('lost', 'gone');
    inbox.push(final(1));
    inbox.end(lost);
    expect(await readAll(inbox)).toEqual([final(1), lost]);
  });

  it('fails at its bound, rather than leave a hole', async () => {
    const inbox = new Inbox(2);
    inbox.push(final(1));
    inbox.push(final(2));
    inbox.push(final(3));
    inbox.push(final(4));
    expect(await readAll(inbox)).toMatchObject([{ code: 'slow_reader' }]);
  });

  it('takes nothing in for a reader that has left', async () => {
    const inbox = new Inbox(1);
    inbox.push(final(1));
    for await (const message of inbox.read()) {
      expect(message).toEqual(final(1));
      break;
    }
    inbox.push(final(2));
    expect(await readAll(inbox)).toEqual([]);
  });
});
