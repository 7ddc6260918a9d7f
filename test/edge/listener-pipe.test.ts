import { expect, it } from 'vitest';
import { SocketPipe } from '../../src/edge/listener-pipe.ts';

it('says in words what the socket layer says in numbers, and sends text without compression', () => {
  const calls: unknown[][] = [];
  let answer = 1;
  const pipe = new SocketPipe({
    send: (...sent: unknown[]) => {
      calls.push(sent);
      return answer;
    },
    getBufferedAmount: () => 7,
    end: (...said: unknown[]) => {
      calls.push(said);
    },
  });
  const words = [0, 1, 2, 3].map((each) => {
    answer = each;
    return pipe.send('a');
  });
  expect(words).toEqual(['buffered', 'sent', 'dropped', 'dropped']);
  expect(calls[0]).toEqual(['a', false, false]);
  expect(pipe.bufferedBytes()).toBe(7);
  pipe.end(4003, 'overloaded');
  expect(calls.at(-1)).toEqual([4003, 'overloaded']);
});
