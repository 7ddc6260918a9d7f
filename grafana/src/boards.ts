/**
 * Boards: every dashboard, and the series that none shows.
 */
import { BENCHMARKS } from './benchmarks.ts';
import { CAPACITY } from './capacity.ts';
import { OVERVIEW } from './overview.ts';
import type { Board } from './panel.ts';
import { SLOTS } from './slots.ts';
import { UPSTREAM } from './upstream.ts';

export const BOARDS: readonly Board[] = [OVERVIEW, SLOTS, UPSTREAM, CAPACITY, BENCHMARKS];

/** Series that are on no panel, and why. */
export const UNSHOWN: { readonly [series: string]: string } = {};
