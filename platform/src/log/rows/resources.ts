/** Resources of a process and its machine, what is refused for want of them, and what goes when its time is over. */
import { z } from 'zod';
import { count, err, id, inS3, type Rows } from '../row.ts';

/** What the resource is, where it stands, and who may be the cause. */
const grade = {
  resource: z.string(),
  reading: z.number(),
  warnLevel: z.number(),
  refuseLevel: z.number().optional(),
  activeJobs: count,
  jobIds: z.array(id),
};
const queue = { waiting: count, limit: count };

/** One set of metrics of a line that CloudWatch reads (AWS: "Specification: Embedded metric format"). */
const metricSet = z.object({
  Namespace: z.string(),
  Dimensions: z.array(z.array(z.string())),
  Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
});

export const resourceRows = {
  'resources.sampled': {
    level: 'debug',
    criterion: 'R7.13',
    message: 'resources sampled',
    fields: {
      rssBytes: z.number(),
      cpuPercent: z.number(),
      machineCpuPercent: z.number(),
      eventLoopDelayMs: z.object({ p99: z.number(), max: z.number() }),
      freeDiskBytes: z.number().nullable(),
      freeMemoryBytes: z.number().nullable(),
      activeJobs: count,
    },
  },
  'resource.high': {
    level: 'warn',
    criterion: 'R7.13',
    message: 'resource is running short',
    fields: grade,
  },
  'resource.exhausted': {
    level: 'warn',
    criterion: 'R6.15',
    message: 'resource exhausted: no new work is accepted',
    fields: grade,
  },
  'resource.relieved': {
    level: 'info',
    criterion: 'R6.15',
    message: 'resource no longer exhausted: work is accepted again',
    fields: grade,
  },
  'resource.well': {
    level: 'info',
    criterion: 'R7.13',
    message: 'resource has recovered',
    fields: grade,
  },
  'queue.full': {
    level: 'warn',
    criterion: 'R6.15',
    message: 'too many jobs are waiting: uploads and jobs are refused',
    fields: queue,
  },
  'queue.relieved': {
    level: 'info',
    criterion: 'R6.15',
    message: 'fewer jobs are waiting: uploads and jobs are accepted again',
    fields: queue,
  },
  'load.measured': {
    level: 'info',
    criterion: 'R5.7',
    message: 'how loaded the fleet is',
    fields: {
      Backlog: count,
      StrandedBacklog: count.optional(),
      OldestWaitingSeconds: z.number().nonnegative().optional(),
      RunningSlots: count.optional(),
      BusySlots: count.optional(),
      DesiredLoad: z.number().nonnegative().optional(),
      MeanJobSeconds: z.number().positive(),
      DeadLetters: count,
      _aws: z.object({ Timestamp: z.int(), CloudWatchMetrics: z.array(metricSet) }),
    },
    always: true,
  },
  'load.taken-on': {
    level: 'info',
    criterion: 'R7.12',
    message: 'from now on this process publishes the load of the fleet',
    fields: {},
  },
  'load.failed': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'load of the fleet not measured: no scaling by it until the next measurement',
    fields: { err },
  },
  'job.expired': {
    level: 'info',
    criterion: 'R7.16',
    message: 'expired job removed',
    fields: { jobId: id, status: z.string(), objects: count },
  },
  'job.not-expired': {
    level: 'warn',
    criterion: 'R7.16',
    message: 'expired job not removed yet',
    fields: { jobId: id, err },
  },
  'object.expired': {
    level: 'info',
    criterion: 'R7.16',
    message: 'expired object removed',
    fields: { ...inS3, expireDays: count },
  },
  'expiry.failed': {
    level: 'warn',
    criterion: 'R7.16',
    message: 'sweep of what has expired failed: the next one continues',
    fields: { err },
  },
} as const satisfies Rows;
