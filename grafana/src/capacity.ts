/**
 * Capacity: what the machines have to do, by worker.
 */
import type { Board } from './panel.ts';
import { most, now, quantile, rate } from './query.ts';

const WORKER = ['instance', 'worker'];
const LEGEND = '{{instance}} {{worker}}';

export const CAPACITY: Board = {
  name: 'capacity',
  title: 'Capacity',
  what: 'What the machines have to do, by worker, and what is given up when that is too much.',
  rows: [
    {
      title: 'Sessions',
      charts: [
        {
          title: 'Sessions by worker',
          what: 'Sessions with a connection; the system is to spread them evenly.',
          unit: 'short',
          form: 'stacked',
          lines: { [LEGEND]: now('earshot_worker_sessions', WORKER) },
        },
        {
          title: 'Workers',
          what: 'Processes that take sessions, and how many died a second.',
          unit: 'none',
          lines: {
            '{{instance}}': now('earshot_workers', ['instance']),
            'deaths a second': rate('earshot_worker_deaths_total'),
          },
        },
        {
          title: 'Frames',
          what: 'Frames of audio received, a second.',
          unit: 'cps',
          lines: { frames: rate('earshot_frames_total') },
        },
      ],
    },
    {
      title: 'Processor',
      charts: [
        {
          title: 'Processor time',
          what: 'Cores that a process keeps busy, all its threads together.',
          unit: 'none',
          form: 'stacked',
          lines: { [LEGEND]: rate('earshot_worker_cpu_seconds_total', WORKER) },
        },
        {
          title: 'Event loop in use',
          what: 'Share of the time that the event loop did not wait for events; near 1 everything is late.',
          unit: 'percentunit',
          lines: { [LEGEND]: rate('earshot_worker_event_loop_busy_seconds_total', WORKER) },
          objective: 1,
        },
        {
          title: 'Event loop delay by worker',
          what: 'How late timers are, in the median of a second: overload goes by it, and from 0.4 s on takes no new sessions.',
          unit: 's',
          lines: { [LEGEND]: now('earshot_worker_event_loop_delay_seconds', WORKER) },
          objective: 0.4,
        },
        {
          title: 'Event loop delay',
          what: 'How late timers are, of all workers.',
          unit: 's',
          lines: {
            p50: quantile(0.5, 'earshot_event_loop_delay_seconds'),
            p99: quantile(0.99, 'earshot_event_loop_delay_seconds'),
          },
        },
      ],
    },
    {
      title: 'Memory',
      charts: [
        {
          title: 'Resident memory',
          what: 'Memory of each process, native libraries and sockets included.',
          unit: 'bytes',
          form: 'stacked',
          lines: { [LEGEND]: now('earshot_worker_resident_memory_bytes', WORKER) },
        },
        {
          title: 'Heap',
          what: 'Heap in use, with what is not collected yet.',
          unit: 'bytes',
          lines: { [LEGEND]: now('earshot_worker_heap_bytes', WORKER) },
        },
        {
          title: 'Tapes',
          what: 'Memory of unsettled audio, and of windows granted but not yet used.',
          unit: 'bytes',
          lines: { tapes: now('earshot_tape_bytes') },
        },
      ],
    },
    {
      title: 'Overload',
      charts: [
        {
          title: 'Level',
          what: 'Of the worst worker: 1 interims, 2 windows, 3 new sessions, 4 the newest sessions are given up.',
          unit: 'none',
          lines: { level: most('earshot_overload_level') },
          objective: 3,
        },
        {
          title: 'Shed',
          what: 'Sessions that were ended to save a process, a second.',
          unit: 'cps',
          lines: { shed: rate('earshot_sessions_shed_total') },
        },
      ],
    },
  ],
};
