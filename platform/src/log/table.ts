/**
 * Every line that api, worker and platform can write: one row a kind of event, by topic in `rows/`. A new line, and
 * with it a new metric or alarm, begins with a row there. `docs/logging.md` shows the table to operators.
 */
import type { z } from 'zod';
import { awsRows } from './rows/aws.ts';
import { ffmpegRows } from './rows/ffmpeg.ts';
import { jobRows } from './rows/jobs.ts';
import { lifecycleRows } from './rows/lifecycle.ts';
import { mailRows } from './rows/mails.ts';
import { peopleRows } from './rows/people.ts';
import { queueRows } from './rows/queue.ts';
import { redisRows } from './rows/redis.ts';
import { requestRows } from './rows/requests.ts';
import { resourceRows } from './rows/resources.ts';
import { uploadRows } from './rows/uploads.ts';
import { webhookRows } from './rows/webhooks.ts';

export const lines = {
  ...lifecycleRows,
  ...requestRows,
  ...uploadRows,
  ...jobRows,
  ...ffmpegRows,
  ...queueRows,
  ...awsRows,
  ...redisRows,
  ...resourceRows,
  ...peopleRows,
  ...webhookRows,
  ...mailRows,
};

export type LineName = keyof typeof lines;

/** What `say` takes for a line: its fields, with anything at all as the error. */
export type FieldsOf<Name extends LineName> = z.input<z.ZodObject<(typeof lines)[Name]['fields']>>;
