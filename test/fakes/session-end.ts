/**
 * What must hold when a session has ended: the ledger balances, and nothing is left.
 */
import { expect } from 'vitest';
import type { Summary } from '../../src/wire/message.ts';
import type { Phone, SessionRig } from './session-rig.ts';

/** Every millisecond received has exactly one fate. */
export function expectBalance(summary: Summary | undefined): void {
  if (summary === undefined) throw new Error('no summary came');
  const { receivedMs, transcribedMs, silentMs, droppedMs, releasedMs } = summary;
  const dropped = Object.values(droppedMs).reduce((sum, ms) => sum + ms, 0);
  expect(transcribedMs + silentMs + dropped + releasedMs).toBe(receivedMs);
}

/** Nothing of any session is left. */
export async function expectEmpty(rig: SessionRig): Promise<void> {
  await rig.clock.advance(1_000);
  expect(rig.registry.size).toBe(0);
  expect(rig.slots.used).toBe(0);
  expect(rig.slots.depth).toBe(0);
  expect(rig.overlaps.used).toBe(0);
  expect(rig.budget.used).toBe(0);
  expect(rig.clock.pending).toBe(0);
  expect(rig.metrics.unsettledSeconds()).toBe(0);
}

export async function finished(rig: SessionRig, phone: Phone): Promise<Summary | undefined> {
  phone.say({ type: 'finish' });
  await rig.clock.advance(12_000);
  return phone.last('summary');
}
