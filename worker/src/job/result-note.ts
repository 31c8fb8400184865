/**
 * What a result's own object says of it: all that its job needs to be completed. So an attempt that was stopped between
 * storing a verified result and entering it into the record has not worked in vain.
 *
 * The note is bound to what was ordered: the same job, source, format and options. Deflated JSON in base64, since S3
 * takes 2 KB of ASCII; tags would else often not fit. A result whose note does not fit has none, and is made again.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  inputFactsSchema,
  outputSchema,
  type RunnableJob,
  timingsSchema,
  warningSchema,
} from '@wavefleet/contracts/job.ts';
import { loudnessReportSchema } from '@wavefleet/contracts/loudness.ts';
import { fingerprintOf } from '@wavefleet/platform/jobs/ids.ts';
import { z } from 'zod';

/** No honest note is longer, and a dishonest one could be made to fill the memory. */
const LONGEST_JSON_BYTES = 64 * 1024;

const noteSchema = z.object({
  v: z.literal(1),
  /** See {@link orderOf}. */
  order: z.string(),
  output: outputSchema.omit({ bucket: true, key: true }),
  warnings: z.array(warningSchema),
  loudness: loudnessReportSchema.optional(),
  input: inputFactsSchema,
  /** Of the stages that made it. */
  timings: timingsSchema,
});
type Note = z.infer<typeof noteSchema>;

/** The facts of a finished result. */
export type ResultFacts = Omit<Note, 'v' | 'order'>;

type Ordered = Pick<RunnableJob, 'jobId' | 'inputS3Location' | 'cover' | 'format' | 'quality' | 'options'>;

/** Printable ASCII. */
export function writeNote(job: Ordered, facts: ResultFacts): string {
  const note: Note = { v: 1, order: orderOf(job), ...facts };
  return deflateRawSync(JSON.stringify(note), { level: 9 }).toString('base64');
}

/** Undefined for what is no note, not of this version, or about something else than this job asks for. */
export function readNote(job: Ordered, text: string): ResultFacts | undefined {
  try {
    const json = inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: LONGEST_JSON_BYTES });
    const { v: _, order, ...facts } = noteSchema.parse(JSON.parse(json.toString()));
    return order === orderOf(job) ? facts : undefined;
  } catch {
    return undefined;
  }
}

/** Equal for equal orders only. */
function orderOf({ jobId, inputS3Location, cover, format, quality, options }: Ordered): string {
  const { bucket, key, etag } = inputS3Location;
  const picture = cover === undefined ? null : cover.location.etag;
  return fingerprintOf({
    jobId,
    input: { bucket, key, etag },
    picture,
    format,
    quality: quality ?? null,
    options,
  });
}
