import { expect, test } from 'vitest';
import { nearer, sessionsAt } from '../../../bench/suite/ladder.ts';

const rung = (sessions: number, busy: number, lagP99Ms?: number) => ({
  stepped: { sessions },
  busy,
  lagP99Ms,
});

test('takes the sessions of a load from the line between the steps around it', () => {
  const rungs = [rung(100, 0.3, 5), rung(200, 0.5, 5), rung(400, 0.9, 5)];
  expect(sessionsAt(rungs, 0.8)).toBe(350);
  expect(sessionsAt(rungs, 0.4)).toBe(150);
});

test('begins the line at nothing where the first step is too much', () => {
  expect(sessionsAt([rung(100, 0.8, 5)], 0.4)).toBe(50);
});

test('goes by the last step in time where a step is late before it is busy', () => {
  expect(sessionsAt([rung(100, 0.3, 5), rung(200, 0.5, 1_500)], 0.8)).toBe(100);
  expect(sessionsAt([rung(100, 0.3, 5), rung(200, 0.9, 1_500)], 0.8)).toBe(100);
});

test('finds none where the first step is late, or nothing came through', () => {
  expect(sessionsAt([rung(100, 0.3, 1_500)], 0.8)).toBeUndefined();
  expect(sessionsAt([rung(100, 0.3)], 0.8)).toBeUndefined();
  expect(sessionsAt([], 0.8)).toBeUndefined();
});

test('comes nearer by what a round has shown, but by no more than a third', () => {
  expect(nearer(1_000, 0.56, 0.7)).toBe(1_250);
  expect(nearer(1_000, 0.8, 0.7)).toBe(875);
  expect(nearer(1_000, 0.1, 0.7)).toBe(1_300);
  expect(nearer(1_300, 2, 0.7)).toBe(1_000);
});
