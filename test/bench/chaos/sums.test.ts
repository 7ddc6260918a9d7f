import { describe, expect, it } from 'vitest';
import { imbalanceOf, sumOf } from '../../../bench/chaos/sums.ts';

const METRICS = [
  '# HELP earshot_audio_seconds_total Audio received, by its fate.',
  'earshot_audio_seconds_total{fate="transcribed"} 7',
  'earshot_audio_seconds_total{fate="silent"} 2.5',
  'earshot_audio_revised_seconds_total 1.5',
  'earshot_audio_unsettled_seconds 2',
  'earshot_audio_received_seconds_total 10',
].join('\n');

describe('sumOf()', () => {
  it('adds up a series over its labels, or those that are asked for', () => {
    expect(sumOf(METRICS, 'earshot_audio_seconds_total')).toBe(9.5);
    expect(sumOf(METRICS, 'earshot_audio_seconds_total', 'fate="silent"')).toBe(2.5);
  });

  it('takes no series for another that begins alike', () => {
    expect(sumOf(METRICS, 'earshot_audio')).toBe(0);
  });
});

describe('imbalanceOf()', () => {
  it('is nothing when every second has one fate, a revised one two', () => {
    expect(imbalanceOf(METRICS)).toBe(0);
  });

  it('is what has no fate, or too many', () => {
    expect(imbalanceOf(METRICS.replace('} 7', '} 6'))).toBe(1);
    expect(imbalanceOf(METRICS.replace('} 7', '} 8'))).toBe(-1);
  });
});
