/**
 * Benchmarks: what the server costs and adds, while it is measured.
 */
import type { Board } from './panel.ts';
import { now, quantile, rate, within } from './query.ts';

const RECEIVED = rate('earshot_audio_received_seconds_total');
const SESSIONS = now('earshot_worker_sessions');

export const BENCHMARKS: Board = {
  name: 'benchmarks',
  title: 'Benchmarks',
  what: 'What the server costs and what it adds, for runs of the benches and load tests.',
  rows: [
    {
      title: 'Load',
      charts: [
        {
          title: 'Audio in real time',
          what: 'Seconds of audio received in a second: so many devices speak at once.',
          unit: 'none',
          lines: { received: RECEIVED },
        },
        {
          title: 'Frames a session',
          what: 'Frames received a second, by session with a connection.',
          unit: 'cps',
          lines: { frames: `${rate('earshot_frames_total')} / ${SESSIONS}` },
        },
      ],
    },
    {
      title: 'Added time',
      charts: [
        {
          title: 'Relay overhead, in',
          what: 'From the arrival of a frame until a stream is first given it. Waits for slots and pace are in it.',
          unit: 's',
          lines: {
            p50: quantile(0.5, 'earshot_relay_in_seconds'),
            p99: quantile(0.99, 'earshot_relay_in_seconds'),
          },
        },
        {
          title: 'Relay overhead, out',
          what: 'From when a final is settled until the socket has taken it.',
          unit: 's',
          lines: {
            p50: quantile(0.5, 'earshot_relay_out_seconds'),
            p99: quantile(0.99, 'earshot_relay_out_seconds'),
          },
        },
        {
          title: 'Frames relayed within 10 ms',
          what: 'Share of the frames that a stream was given within 10 ms of their arrival.',
          unit: 'percentunit',
          lines: { 'within 10 ms': within('0.01', 'earshot_relay_in_seconds') },
        },
      ],
    },
    {
      title: 'Cost',
      charts: [
        {
          title: 'Processor time for a second of audio',
          what: 'Of all processes; 0.001 is a thousand devices that speak at once on a core.',
          unit: 's',
          lines: { 'a second': `${rate('earshot_worker_cpu_seconds_total')} / ${RECEIVED}` },
        },
        {
          title: 'Memory for a session',
          what: 'Resident memory of all processes, by session with a connection; what an idle server has is in it.',
          unit: 'bytes',
          lines: { 'a session': `${now('earshot_worker_resident_memory_bytes')} / ${SESSIONS}` },
        },
        {
          title: 'Scrape',
          what: 'How long Prometheus waits for the metrics of a server; 50 ms at most with 1,000 sessions.',
          unit: 's',
          lines: { '{{instance}}': 'scrape_duration_seconds{job=~"$job"}' },
          objective: 0.05,
        },
      ],
    },
  ],
};
