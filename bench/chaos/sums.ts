/**
 * Sums: whether what a server has counted adds up (pure).
 */

/** Sums by name of the series, over all labels; those that are `revised` stand in two fates. */
export function imbalanceOf(metrics: string): number {
  const sum = (name: string): number => {
    const line = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm');
    return [...metrics.matchAll(line)].reduce((total, [, value]) => total + Number(value), 0);
  };
  const received = sum('earshot_audio_received_seconds_total');
  const fates = sum('earshot_audio_seconds_total') - sum('earshot_audio_revised_seconds_total');
  return received - fates - sum('earshot_audio_unsettled_seconds');
}
