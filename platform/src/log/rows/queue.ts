/** Messages: what came, what became of it, what could not be read. And orphans, which have lost theirs. */
import { z } from 'zod';
import { count, err, id, inS3, ms, type Rows } from '../row.ts';

export const queueRows = {
  'message.deleted': {
    level: 'info',
    criterion: 'R7.7',
    message: 'message deleted: nothing is left to do for it',
    fields: { jobId: id.optional(), queue: z.string(), receives: count },
  },
  'message.not-deleted': {
    level: 'debug',
    criterion: 'R7.8',
    message: 'message not deleted: it comes back after its visibility timeout, and nothing is done for it',
    fields: { jobId: id.optional(), queue: z.string(), err },
  },
  'message.hidden': {
    level: 'debug',
    criterion: 'R7.7',
    message: 'message hidden',
    fields: { jobId: id.optional(), queue: z.string(), hiddenMs: ms },
  },
  'message.not-hidden': {
    level: 'debug',
    criterion: 'R7.8',
    message: 'message not hidden: it comes back after its visibility timeout',
    fields: { jobId: id.optional(), queue: z.string(), err },
  },
  'message.unreadable': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'unreadable message put aside',
    fields: { messageId: z.string().optional(), deadLetterQueue: z.string() },
  },
  'message.later-version': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'message of a later version: left for later workers',
    fields: { version: z.number() },
  },
  'message.rests': {
    level: 'error',
    criterion: 'R7.15',
    message: 'a service did not answer: the message stays hidden for a while',
    fields: { jobId: id.optional(), err },
  },
  'message.handler-failed': {
    level: 'error',
    criterion: 'R7.15',
    message: 'message handler failed',
    fields: { err },
  },
  'gate.shut': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'a service that every job needs does not answer: no jobs are received',
    fields: { aws: z.array(z.string()) },
    metric: { name: 'GatesShut', unit: 'Count' },
  },
  'gate.open': {
    level: 'info',
    criterion: 'R7.8',
    message: 'the services answer again: jobs are received',
    fields: {},
  },
  'queue.silent': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'queue does not answer: polling slower',
    fields: { err },
  },
  'queue.answers': {
    level: 'info',
    criterion: 'R7.8',
    message: 'queue answers again',
    fields: {},
  },
  'drop.taken': {
    level: 'info',
    criterion: 'R7.3',
    message: 'drop taken in',
    fields: { jobId: id, key: z.string(), created: z.boolean() },
  },
  'drop.answered': {
    level: 'info',
    criterion: 'R7.11',
    message: 'result file of a drop written',
    fields: { jobId: id.optional(), ...inS3 },
  },
  'drop.outdated': {
    level: 'info',
    criterion: 'R7.11',
    message: 'result file of a drop left as it is: it describes a newer drop',
    fields: { jobId: id.optional(), ...inS3 },
  },
  'drop.refused': {
    level: 'info',
    criterion: 'R7.15',
    message: 'drop refused: its result file says why',
    fields: { key: z.string(), code: z.string() },
  },
  'drop.key-too-long': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'drop refused: its result file would need too long a key',
    fields: { key: z.string(), deadLetterQueue: z.string() },
  },
  'notification.unreadable': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'unreadable notification put aside',
    fields: { messageId: z.string().optional(), deadLetterQueue: z.string(), reason: z.string() },
  },
  'notification.foreign': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'notification of a foreign bucket put aside',
    fields: { bucket: z.string(), deadLetterQueue: z.string() },
  },
  'orphan.woken': {
    level: 'info',
    criterion: 'R7.12',
    message: 'orphan found: woken again',
    fields: { jobId: id, status: z.string(), attempt: count, redispatches: count },
    metric: { name: 'OrphansFound', unit: 'Count' },
  },
  'orphan.told': {
    level: 'info',
    criterion: 'R7.7',
    message: 'events that had not been sent are sent',
    fields: { jobId: id, status: z.string() },
  },
  'orphan.waits': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'orphan not handled yet',
    fields: { jobId: id, err },
  },
  'drop.again': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'notification of a drop was given up by its queue: sent again',
    fields: { messageId: z.string(), rounds: count },
  },
  'dead-letter.waits': {
    level: 'warn',
    criterion: 'R7.15',
    message: 'dead letter not handled yet',
    fields: { messageId: z.string(), jobId: id.optional(), err },
  },
  'sweep.taken-on': {
    level: 'info',
    criterion: 'R7.12',
    message: 'from now on this process sweeps for the fleet',
    fields: {},
  },
  'sweep.failed': {
    level: 'warn',
    criterion: 'R7.8',
    message: 'sweep failed',
    fields: { err },
  },
} as const satisfies Rows;
