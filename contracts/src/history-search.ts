/** What is looked for in a history, and what all that was found comes to. */
import { z } from 'zod';
import { formatSchema } from './request.ts';
import { jobStatusSchema } from './states.ts';

/** Letters of a name that is looked for. */
const MAX_NAME_LENGTH = 200;

/** A day (its beginning, UTC) or a moment with its offset; read as the moment in UTC. */
const momentSchema = z
  .union(
    [z.iso.date(), z.iso.datetime({ offset: true })],
    'expected a day (2026-11-26) or a moment with its offset',
  )
  .transform((text) => new Date(text).toISOString());

/** As it stands in a query. All that is given must hold. */
export const historySearchSchema = z.object({
  status: jobStatusSchema.optional(),
  /** Of the result. */
  format: formatSchema.optional(),
  /** A part of the file's name; see {@link foldName}. */
  name: z.string().trim().max(MAX_NAME_LENGTH).optional(),
  /** Made at this moment or later. */
  from: momentSchema.optional(),
  /** Made earlier than this. */
  before: momentSchema.optional(),
});
/** Read from outside: moments are in UTC to the millisecond, as in records, and compare as texts. */
export type HistorySearch = z.infer<typeof historySearchSchema>;

/**
 * A name as it is compared: the case of letters does not matter, nor how a letter is made up (`é` in one sign or two, the
 * wide forms of Chinese and Japanese keyboards). Capitals, since small letters depend on their place in Greek.
 */
export function foldName(name: string): string {
  return name.normalize('NFKC').toUpperCase().normalize('NFKC');
}

/** What one look adds up: all fitting jobs where `nextCursor` is null, else those of one part of a long history. */
export const historyTotalsSchema = z.object({
  jobs: z.int().nonnegative(),
  completed: z.int().nonnegative(),
  /** Seconds of sound that completed jobs have read, to the millisecond. */
  audioSeconds: z.number().nonnegative(),
  /** Bytes of the files that completed jobs have read, and of what they made, whether or not they are still stored. */
  inputBytes: z.int().nonnegative(),
  outputBytes: z.int().nonnegative(),
  nextCursor: z.string().nullable(),
});
export type HistoryTotals = z.infer<typeof historyTotalsSchema>;
