/**
 * Rotation: when a stream is replaced, and where it is cut (pure).
 *
 * A recognizer that ends streams after a time says so by a policy. From the soft age on a pause is
 * looked for, at the hard age the cut comes where it is quietest. Times are milliseconds of a
 * stream's life.
 */

export interface RotationPolicy {
  /** From here on the next pause is a cut. */
  readonly softMs: number;
  /** The soft age is up to so much less, by session, so that not all rotate at once. */
  readonly jitterMs: number;
  readonly hardMs: number;
}

export type Urgency = 'none' | 'pause' | 'now';

/** What a stream of `ageMs` needs; `random` is 0..1, drawn once a session. */
export function urgency(
  policy: RotationPolicy | undefined,
  ageMs: number,
  random: number,
): Urgency {
  if (policy === undefined) return 'none';
  if (ageMs >= policy.hardMs) return 'now';
  return ageMs >= policy.softMs - policy.jitterMs * random ? 'pause' : 'none';
}
