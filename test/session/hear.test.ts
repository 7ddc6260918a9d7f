import { describe, expect, it } from 'vitest';
import { TAPE_ENTRIES_MAX } from '../../src/session/intake.ts';
import { finished } from '../fakes/session-end.ts';
import { SessionRig } from '../fakes/session-rig.ts';

const FRAME = Buffer.from(new Int16Array(1_600).fill(1_000).buffer).toString('base64');

describe('hear()', () => {
  it('takes audio in base64, markers and gaps in the order they come', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    phone.say({ type: 'audio', content: FRAME, audio_id: 'a' });
    await rig.clock.advance(100);
    phone.say({ type: 'finalize' });
    phone.say({ type: 'gap', ms: 300 });
    phone.say({ type: 'audio', content: FRAME, audio_id: 'b' });
    const summary = await finished(rig, phone);
    expect(phone.all('final').map(({ start, audioId }) => [start, audioId])).toEqual([
      [0, 'a'],
      [400, 'b'],
    ]);
    expect(summary).toMatchObject({ receivedMs: 200, missingMs: 300 });
  });

  it('answers what is wrong, and takes nothing of it', () => {
    const rig = new SessionRig();
    const phone = rig.start();
    phone.say({ type: 'audio', content: 'x', audio_id: 'a' });
    expect(phone.last('error')).toMatchObject({ code: 'bad_audio' });
    expect(rig.metrics.receivedSeconds).toBe(0);
  });

  it('answers when too much stands on the tape, markers included', () => {
    const rig = new SessionRig({ slotsMax: 0 });
    const phone = rig.start();
    phone.frame(10, 1_000);
    for (let n = 0; n < TAPE_ENTRIES_MAX && phone.closed === undefined; n++) {
      phone.say(n % 2 === 0 ? { type: 'finalize' } : { type: 'gap', ms: 1 });
    }
    expect(phone.last('error')).toMatchObject({ code: 'too_fast', retryAfterMs: 5_000 });
  });
});
