/**
 * Overview: what those feel who speak, against what is promised.
 */
import type { Board } from './panel.ts';
import { most, now, quantile, rate, within } from './query.ts';

export const OVERVIEW: Board = {
  name: 'overview',
  title: 'Overview',
  what: 'What those feel who speak: whether they get in, how soon they read, and whether anything was lost.',
  rows: [
    {
      title: 'At a glance',
      charts: [
        {
          title: 'Finals in time',
          what: 'Share of finals within 2.5 s of the arrival of their last audio, in an hour. 95 % are promised.',
          unit: 'percentunit',
          form: 'number',
          lines: { 'in time': '1 - max(earshot:finals_late:ratio_rate1h{job=~"$job"})' },
        },
        {
          title: 'Audio heard',
          what: 'Share of the audio whose outcome is known that is transcribed or silent, in an hour. 99.9 % are promised.',
          unit: 'percentunit',
          form: 'number',
          lines: { heard: '1 - max(earshot:audio_lost:ratio_rate1h{job=~"$job"})' },
        },
        {
          title: 'Sessions',
          what: 'Sessions that are there now, those included whose connection was lost.',
          unit: 'short',
          form: 'number',
          lines: { sessions: now('earshot_sessions') },
        },
        {
          title: 'Overload',
          what: 'What is given up against overload on the worst worker: 0 nothing, 1 interims, 2 windows, 3 new sessions, 4 sessions.',
          unit: 'none',
          form: 'number',
          lines: { level: most('earshot_overload_level') },
        },
        {
          title: 'Ledger',
          what: 'Seconds of audio without a fate that no session has: 0, or a bug.',
          unit: 's',
          form: 'number',
          lines: { imbalance: 'max(earshot:ledger_imbalance:seconds{job=~"$job"})' },
        },
        {
          title: 'Certificate',
          what: 'How long the certificate is good that devices are shown, where they connect by TLS.',
          unit: 's',
          form: 'number',
          lines: {
            left: 'min(earshot_certificate_expiry_timestamp_seconds{job=~"$job"}) - time()',
          },
        },
        {
          title: 'Running',
          what: 'Servers, by what they run.',
          unit: 'short',
          form: 'number',
          lines: { '{{version}}': now('earshot_build_info', ['version', 'node']) },
        },
      ],
    },
    {
      title: 'Getting in',
      charts: [
        {
          title: 'Sessions by state',
          what: 'Open ones speak; detached and undelivered ones wait for their device.',
          unit: 'short',
          form: 'stacked',
          lines: { '{{state}}': now('earshot_sessions', ['state']) },
        },
        {
          title: 'Connections and starts',
          what: 'Connections taken, the sessions that began on them, and what was refused at the door, a second.',
          unit: 'cps',
          lines: {
            connections: rate('earshot_connections_total'),
            'start {{how}}': rate('earshot_session_starts_total', ['how']),
            'refused {{status}}': rate('earshot_refusals_total', ['status']),
          },
        },
        {
          title: 'Ends',
          what: 'Why sessions end, a second: finished, lost, or the code that the device was told.',
          unit: 'cps',
          form: 'stacked',
          lines: { '{{code}}': rate('earshot_session_ends_total', ['code']) },
        },
        {
          title: 'Resumes',
          what: 'What came of resume tokens, a second: held and taken went on, all others were refused.',
          unit: 'cps',
          form: 'stacked',
          lines: { '{{result}}': rate('earshot_resumes_total', ['result']) },
        },
      ],
    },
    {
      title: 'Audio',
      charts: [
        {
          title: 'Audio by fate',
          what: 'What became of audio, in seconds a second; overrun and upstream are lost, released belongs to sessions that ended.',
          unit: 'none',
          form: 'stacked',
          lines: { '{{fate}}': rate('earshot_audio_seconds_total', ['fate']) },
        },
        {
          title: 'Audio received',
          what: 'Seconds of audio that came in a second, and what devices had lost before they could send it.',
          unit: 'none',
          lines: {
            received: rate('earshot_audio_received_seconds_total'),
            missing: rate('earshot_audio_missing_seconds_total'),
            revised: rate('earshot_audio_revised_seconds_total'),
          },
        },
        {
          title: 'Ledger imbalance',
          what: 'Received and revised, less all fates and what sessions have unsettled, by server. It is 0 at any time.',
          unit: 's',
          lines: { '{{instance}}': 'earshot:ledger_imbalance:seconds{job=~"$job"}' },
          objective: 1,
        },
        {
          title: 'Unsettled and lag',
          what: 'Audio without an outcome, of that what streams have heard, and the session that lags most.',
          unit: 's',
          lines: {
            unsettled: now('earshot_audio_unsettled_seconds'),
            'lag, all': now('earshot_audio_lag_seconds'),
            'lag, the most': most('earshot_audio_lag_max_seconds'),
          },
        },
      ],
    },
    {
      title: 'Reading',
      charts: [
        {
          title: 'Finals within 2.5 s',
          what: 'Share of finals that came within 2.5 s of their last audio; 95 % are promised.',
          unit: 'percentunit',
          lines: { 'in time': within('2.5', 'earshot_final_latency_seconds') },
          objective: 0.95,
        },
        {
          title: 'Latency of finals',
          what: 'From the arrival of the last audio of an utterance to its final.',
          unit: 's',
          lines: {
            p50: quantile(0.5, 'earshot_final_latency_seconds'),
            p95: quantile(0.95, 'earshot_final_latency_seconds'),
            p99: quantile(0.99, 'earshot_final_latency_seconds'),
          },
          objective: 2.5,
        },
        {
          title: 'Latency of first interims',
          what: 'From the arrival of the beginning of an utterance to the first that is read of it.',
          unit: 's',
          lines: {
            p50: quantile(0.5, 'earshot_first_interim_latency_seconds'),
            p95: quantile(0.95, 'earshot_first_interim_latency_seconds'),
          },
        },
        {
          title: 'Latency of interims',
          what: 'From the arrival of the newest audio that an interim knows of to that interim.',
          unit: 's',
          lines: {
            p50: quantile(0.5, 'earshot_interim_latency_seconds'),
            p95: quantile(0.95, 'earshot_interim_latency_seconds'),
          },
        },
        {
          title: 'Slow readers',
          what: 'Sockets that take no more just now, how often that begins, and sessions that ended by it, a second.',
          unit: 'none',
          lines: {
            'pressed now': now('earshot_outbox_pressed'),
            'pressed a second': rate('earshot_outbox_pressures_total'),
            'slow_consumer a second': rate(
              'earshot_session_ends_total',
              [],
              'code="slow_consumer"',
            ),
          },
        },
        {
          title: 'Degraded finals',
          what: 'Finals that may lack a word, a second: their stream was given up, or cut where words have no times.',
          unit: 'cps',
          lines: { degraded: rate('earshot_finals_degraded_total') },
        },
      ],
    },
  ],
};
