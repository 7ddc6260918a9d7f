/**
 * Upstream: streams of the recognizer, from their opening to their end.
 */
import type { Board } from './panel.ts';
import { most, now, quantile, rate } from './query.ts';

export const UPSTREAM: Board = {
  name: 'upstream',
  title: 'Upstream',
  what: 'The recognizer as Earshot meets it: streams and connections, how they begin and end, how soon they answer.',
  rows: [
    {
      title: 'Streams',
      charts: [
        {
          title: 'Open streams',
          what: 'Streams of Google that are open, and what the recognizer can serve at once.',
          unit: 'short',
          lines: { open: now('earshot_google_streams'), limit: now('earshot_stream_limit') },
        },
        {
          title: 'Connections',
          what: 'Connections to Google, and how many were given up because they failed too often, a second.',
          unit: 'none',
          lines: {
            open: now('earshot_google_channels'),
            'replaced a second': rate('earshot_google_channels_replaced_total'),
          },
        },
        {
          title: 'Credentials',
          what: '1 while nobody is served because Google refuses the credentials.',
          unit: 'none',
          lines: { refused: most('earshot_breaker_open') },
          objective: 1,
        },
      ],
    },
    {
      title: 'Beginnings',
      charts: [
        {
          title: 'Opened by cause',
          what: 'Streams opened a second: for audio without one, after a cut, after a failure.',
          unit: 'cps',
          form: 'stacked',
          lines: { '{{cause}}': rate('earshot_streams_total', ['cause']) },
        },
        {
          title: 'Start',
          what: 'From the opening of a stream until its first audio has left for Google.',
          unit: 's',
          lines: {
            p50: quantile(0.5, 'earshot_google_start_seconds'),
            p99: quantile(0.99, 'earshot_google_start_seconds'),
          },
        },
        {
          title: 'First answer',
          what: 'From the first speech that a stream was sent to its first answer.',
          unit: 's',
          lines: {
            p50: quantile(0.5, 'earshot_google_first_answer_seconds'),
            p95: quantile(0.95, 'earshot_google_first_answer_seconds'),
            p99: quantile(0.99, 'earshot_google_first_answer_seconds'),
          },
        },
      ],
    },
    {
      title: 'Ends',
      charts: [
        {
          title: 'Ends by class',
          what: 'How streams end, a second, by what it means: finished and routine are well, aborted was our wish.',
          unit: 'cps',
          form: 'stacked',
          lines: { '{{class}}': rate('earshot_google_stream_ends_total', ['class']) },
        },
        {
          title: 'Failures by status',
          what: 'Ends that are none of finished, routine and aborted, a second, by gRPC status.',
          unit: 'cps',
          form: 'stacked',
          lines: {
            '{{code}} {{class}}': rate(
              'earshot_google_stream_ends_total',
              ['code', 'class'],
              'class!~"finished|routine|aborted"',
            ),
          },
        },
        {
          title: 'Cuts',
          what: 'Where streams were given their last audio, a second; hard, plain and stall are in the middle of speech.',
          unit: 'cps',
          form: 'stacked',
          lines: { '{{how}}': rate('earshot_stream_cuts_total', ['how']) },
        },
        {
          title: 'Heard again',
          what: 'Seconds of audio that a further stream heard again, a second.',
          unit: 'none',
          lines: { replayed: rate('earshot_audio_replayed_seconds_total') },
        },
      ],
    },
  ],
};
