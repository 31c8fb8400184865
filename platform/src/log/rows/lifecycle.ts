/** Processes: how they begin and end, what a killed predecessor left, what keeps them from being seen as healthy. */
import { z } from 'zod';
import { count, err, id, ms, type Rows } from '../row.ts';

export const lifecycleRows = {
  'api.listening': {
    level: 'info',
    criterion: 'R7.12',
    message: 'listening',
    fields: { host: z.string(), port: z.int(), version: z.string(), environment: z.string() },
  },
  'api.closing': {
    level: 'info',
    criterion: 'R7.12',
    message: 'closing: after the delay no request is accepted, and running ones are finished',
    fields: { cause: z.string(), delayMs: z.int() },
  },
  'api.closed': {
    level: 'info',
    criterion: 'R7.12',
    message: 'closed',
    fields: { ms },
  },
  'api.close-failed': {
    level: 'error',
    criterion: 'R7.15',
    message: 'closing failed',
    fields: { err },
  },
  'worker.ready': {
    level: 'info',
    criterion: 'R7.12',
    message: 'worker ready',
    fields: { concurrency: count, ability: z.int(), environment: z.string() },
  },
  'worker.leftovers': {
    level: 'info',
    criterion: 'R7.12',
    message: 'folders of a killed predecessor removed: other workers claim its jobs once their leases end',
    fields: { folders: count, jobIds: z.array(id) },
  },
  'worker.stopping': {
    level: 'info',
    criterion: 'R7.12',
    message: 'told to stop: no new job is started',
    fields: { cause: z.string() },
  },
  'worker.draining': {
    level: 'info',
    criterion: 'R7.12',
    message: 'draining: some jobs are finished, the others handed to other workers',
    fields: { running: count, finishing: z.array(id), handedBack: z.array(id) },
  },
  'worker.drain-over': {
    level: 'warn',
    criterion: 'R7.12',
    message: 'the drain took too long: what still ran is handed to other workers',
    fields: { handedBack: z.array(id) },
  },
  'worker.task-failed': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'a task in the background failed: no job waits for it',
    fields: { err },
  },
  'worker.ended': {
    level: 'info',
    criterion: 'R7.12',
    message: 'worker ended',
    fields: { ms },
  },
  'worker.not-alive': {
    level: 'warn',
    criterion: 'R7.12',
    message: 'no sign of life could be written: this worker will be considered dead',
    fields: { file: z.string(), err },
  },
  'protection.changed': {
    level: 'debug',
    criterion: 'R7.12',
    message: 'ECS scale-in protection changed',
    fields: { enabled: z.boolean() },
  },
  'protection.rests': {
    level: 'info',
    criterion: 'R7.12',
    message: 'no new job is taken for a while, so that ECS can replace this worker',
    fields: { why: z.enum(['long', 'blocked']), jobs: count },
  },
  'protection.failed': {
    level: 'warn',
    criterion: 'R7.12',
    message:
      'ECS scale-in protection not changed: scaling in may stop a busy worker, which then hands its jobs over',
    fields: { problem: z.string() },
  },
  /** The first is told at `warn`: a permission that is missing is missing for every job. */
  'protection.still-failing': {
    level: 'debug',
    criterion: 'R7.12',
    message: 'ECS scale-in protection not changed again',
    fields: { problem: z.string() },
  },
} as const satisfies Rows;
