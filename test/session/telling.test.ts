import { describe, expect, it } from 'vitest';
import { expectEmpty } from '../fakes/session-end.ts';
import { SessionRig } from '../fakes/session-rig.ts';

describe('A client that says what it has seen', () => {
  it('ends when a final stays unseen for 20 s, and is told why', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    phone.say({ type: 'seen', result: 0 });
    await phone.speak(1_000);
    await phone.rest(1_000);
    for (let n = 0; n < 18; n++) await phone.rest(1_000);
    phone.say({ type: 'seen', result: 1 });
    await phone.rest(30_000);
    expect(phone.closed).toBeUndefined();
    await phone.speak(1_000);
    await phone.rest(19_000);
    expect(phone.closed).toBeUndefined();
    await phone.rest(2_000);
    expect(phone.last('error')).toMatchObject({ code: 'slow_consumer', retryable: true });
    expect(phone.closed?.code).toBe(4008);
  });

  it('is not expected of one that never did', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.speak(1_000);
    await phone.rest(60_000);
    expect(phone.closed).toBeUndefined();
  });

  it('may say so after finish, but not of finals that never were', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    await phone.speak(1_000);
    phone.say({ type: 'finish' });
    phone.say({ type: 'seen', result: 0 });
    expect(phone.closed).toBeUndefined();
    phone.say({ type: 'seen', result: 9 });
    expect(phone.last('error')).toMatchObject({ code: 'bad_message' });
    expect(phone.last('error')?.message).toBe(
      'seen.result is 9, expected at most 0: the last final',
    );
    const other = rig.connect();
    other.say({ type: 'seen', result: 0 });
    expect(other.last('error')).toMatchObject({ code: 'bad_message' });
    await rig.clock.advance(31_000);
    await expectEmpty(rig);
  });
});
