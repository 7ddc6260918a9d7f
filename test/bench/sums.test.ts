import { describe, expect, it } from 'vitest';
import { imbalanceOf } from '../../bench/chaos/sums.ts';

const BALANCED = `# HELP earshot_audio_seconds_total Audio received, by its fate.
earshot_audio_received_seconds_total 10.5
earshot_audio_seconds_total{fate="transcribed"} 6
earshot_audio_seconds_total{fate="silent"} 3
earshot_audio_seconds_total{fate="released"} 1
earshot_audio_revised_seconds_total 0.5
earshot_audio_unsettled_seconds 1
`;

describe('imbalanceOf()', () => {
  it('is nothing where each second has one fate', () => {
    expect(imbalanceOf(BALANCED)).toBe(0);
  });

  it('is what was received and has no fate, or the other way round', () => {
    expect(imbalanceOf(BALANCED.replace('"silent"} 3', '"silent"} 2'))).toBe(1);
    expect(imbalanceOf(BALANCED.replace('unsettled_seconds 1', 'unsettled_seconds 2'))).toBe(-1);
  });
});
