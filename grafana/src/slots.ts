/**
 * Slots: who may be heard now, and who waits.
 */
import type { Board } from './panel.ts';
import { now, quantile, rate, within } from './query.ts';

export const SLOTS: Board = {
  name: 'slots',
  title: 'Slots and quota',
  what: 'Who may be heard now, who waits and for how long, and what the quota has to do with it.',
  rows: [
    {
      title: 'Slots',
      charts: [
        {
          title: 'Slots',
          what: 'Slots held, of those that there are. Used up to the limit for long, somebody waits.',
          unit: 'short',
          lines: {
            used: now('earshot_slots_used'),
            limit: now('earshot_slots_limit'),
            'streams that the recognizer serves': now('earshot_stream_limit'),
          },
        },
        {
          title: 'Utilization',
          what: 'Share of the slots that is held; at 1 newcomers wait.',
          unit: 'percentunit',
          lines: { used: `${now('earshot_slots_used')} / ${now('earshot_slots_limit')}` },
          objective: 1,
        },
      ],
    },
    {
      title: 'Queue',
      charts: [
        {
          title: 'Sessions that wait',
          what: 'How many sessions have audio and no slot.',
          unit: 'short',
          lines: { waiting: now('earshot_slot_queue_depth') },
        },
        {
          title: 'Wait',
          what: 'How long slots were waited for that were granted.',
          unit: 's',
          lines: {
            p50: quantile(0.5, 'earshot_slot_wait_seconds'),
            p95: quantile(0.95, 'earshot_slot_wait_seconds'),
            p99: quantile(0.99, 'earshot_slot_wait_seconds'),
          },
        },
        {
          title: 'Granted within a second',
          what: 'Share of the granted slots that were waited for at most a second.',
          unit: 'percentunit',
          lines: { 'within 1 s': within('1', 'earshot_slot_wait_seconds') },
        },
        {
          title: 'Refused',
          what: 'Sessions that got no slot in time or found no room to wait, a second.',
          unit: 'cps',
          lines: { refused: rate('earshot_slots_refused_total') },
        },
      ],
    },
    {
      title: 'Quota',
      charts: [
        {
          title: 'Streams opened',
          what: 'Streams that were opened, a second, by why; a quota of starts counts all of them.',
          unit: 'cps',
          form: 'stacked',
          lines: { '{{cause}}': rate('earshot_streams_total', ['cause']) },
        },
        {
          title: 'Refused by the quota',
          what: 'Streams that Google refused for its quota, a second; then fewer streams are allowed than were configured.',
          unit: 'cps',
          lines: {
            quota: rate('earshot_google_stream_ends_total', [], 'class="quota"'),
          },
        },
        {
          title: 'Audio billed',
          what: 'Seconds that Google bills and seconds received, a second. Replays cost what they hear again.',
          unit: 'none',
          lines: {
            billed: rate('earshot_audio_billed_seconds_total'),
            received: rate('earshot_audio_received_seconds_total'),
            replayed: rate('earshot_audio_replayed_seconds_total'),
          },
        },
      ],
    },
  ],
};
