/**
 * Times: milliseconds of audio as people and subtitle formats write them. (pure)
 */

/** `1:02.3`, or `1:02:03.4` from an hour on. */
export function clockOf(ms: number): string {
  const { hours, minutes, seconds, millis } = partsOf(ms);
  const tail = `${pad(seconds, 2)}.${Math.floor(millis / 100)}`;
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${pad(minutes, 2)}:${tail}`;
}

/** `00:01:02,345`: SubRip with a comma, WebVTT with a point. */
export function stampOf(ms: number, point: ',' | '.'): string {
  const { hours, minutes, seconds, millis } = partsOf(ms);
  return `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}${point}${pad(millis, 3)}`;
}

/** `1.5 s`, for a sentence. */
export function secondsOf(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function partsOf(ms: number) {
  const whole = Math.max(0, Math.floor(ms));
  return {
    hours: Math.floor(whole / 3_600_000),
    minutes: Math.floor(whole / 60_000) % 60,
    seconds: Math.floor(whole / 1_000) % 60,
    millis: whole % 1_000,
  };
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
