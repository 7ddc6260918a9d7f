/**
 * Sums: whether what a server has counted adds up (pure).
 */

/** What a series says, over all its labels, or over those that `labels` fits, such as `state="open"`. */
export function sumOf(metrics: string, name: string, labels = ''): number {
  const line = new RegExp(`^${name}(?:\\{([^}]*)\\})? (\\S+)$`, 'gm');
  return [...metrics.matchAll(line)]
    .filter(([, all = '']) => all.includes(labels))
    .reduce((total, [, , value]) => total + Number(value), 0);
}

/** Received less all fates and what has none yet; what is revised stands in two fates. */
export function imbalanceOf(metrics: string): number {
  const sum = (name: string): number => sumOf(metrics, name);
  const received = sum('earshot_audio_received_seconds_total');
  const fates = sum('earshot_audio_seconds_total') - sum('earshot_audio_revised_seconds_total');
  return received - fates - sum('earshot_audio_unsettled_seconds');
}
