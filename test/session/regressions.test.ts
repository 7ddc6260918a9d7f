import { expect, it } from 'vitest';
import { HandRecognizer } from '../fakes/hand-recognizer.ts';
import { SessionRig } from '../fakes/session-rig.ts';

/** Refuses finals and gaps, as a full outbox does: never an ack, an interim or an error. */
function stopReading(phone: ReturnType<SessionRig['start']>): void {
  const send = phone.send.bind(phone);
  phone.send = (message) =>
    message.type === 'gap' || message.type === 'final' ? false : send(message);
}

it('ends a slow reader while its finish is given up', async () => {
  const rig = new SessionRig({ scripted: { script: () => ({ hangs: true }) } });
  const phone = rig.start();
  await phone.speak(1_000);
  phone.say({ type: 'finish' });
  await rig.clock.advance(1_000);
  stopReading(phone);
  await rig.clock.advance(20_000);
  expect(phone.closed).toEqual({ code: 4008, reason: 'slow_consumer' });
});

it('finishes in time though an hour of gap is on the tape', async () => {
  const rig = new SessionRig({ scripted: { script: () => ({ pressed: true }) } });
  const phone = rig.start();
  await phone.speak(1_000);
  phone.say({ type: 'gap', ms: 3_600_000 });
  phone.say({ type: 'finish' });
  await rig.clock.advance(60_000);
  expect(phone.closed).toEqual({ code: 1000, reason: 'finished' });
});

it('bounds the markers and gaps of a session that waits', async () => {
  const rig = new SessionRig({ slotsMax: 0 });
  const phone = rig.start();
  await phone.speak(200);
  for (let n = 0; n < 30_000; n++) {
    phone.say({ type: 'finalize' });
    phone.say({ type: 'gap', ms: 1 });
  }
  expect(phone.closed).not.toBe(undefined);
});

it('doubles no word at a hard cut without an overlap', async () => {
  const hand = Object.assign(new HandRecognizer(), {
    rotation: { softMs: 240_000, hardMs: 290_000, jitterMs: 0 },
  });
  const rig = new SessionRig({
    recognizer: () => hand,
    overlapsMax: 0,
    settings: { EARSHOT_SETTLE_MS_MAX: '2900' },
  });
  const phone = rig.start({ words: true });
  for (let n = 0; n < 3; n++) {
    phone.frame(1_000, 1000);
    await rig.clock.advance(1_000);
  }
  const one = { text: 'one', startSample: 32_000, endSample: 44_800 };
  hand.stream.say.onFinal({ startSample: 0, endSample: 44_800, text: 'one', words: [one] });
  hand.stream.say.onEnd(undefined, 0);
  await phone.speak(1_000);
  const words = [
    { text: 'ne', startSample: 0, endSample: 12_800 },
    { text: 'two', startSample: 14_000, endSample: 16_000 },
  ];
  hand.stream.say.onFinal({ startSample: 0, endSample: 16_000, text: 'ne two', words });
  expect(phone.all('final').map(({ text }) => text)).toEqual(['one', 'two']);
});
