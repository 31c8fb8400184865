/** The convert stage of jobs that make one file of each chapter: all of them in one zip. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chaptersOfSound } from '@wavefleet/audio/plan/plan-tags.ts';
import { planWarning } from '@wavefleet/audio/plan/plan-warnings.ts';
import { declaredSeconds, type ProbedSource } from '@wavefleet/audio/probing/source.ts';
import { type ChapterPart, chapterParts, sourceOfPart } from '@wavefleet/audio/tags/chapter-parts.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { outputFormat, ZIP } from '@wavefleet/contracts/formats.ts';
import type { Warning } from '@wavefleet/contracts/job.ts';
import { ChapterZip, chapterFileName } from '../chapter-zip.ts';
import type { JobContext } from '../context.ts';
import { makeConverter } from './convert.ts';
import { type VerifiedOutput, verifyOutput } from './verify.ts';

/** Each costs a decoding of the source up to its end. */
const MAX_PARTS = 300;

/**
 * Converts chapter by chapter; each is verified and put into the zip before the next one is made, so that no more than
 * one of them lies beside it. The source is decoded from its start for each: that is what keeps cuts exact.
 * @throws Failure INVALID_OPTION for too many chapters; see `convert.ts` and `verify.ts`.
 */
export async function convertByChapter(context: JobContext, source: ProbedSource): Promise<VerifiedOutput> {
  const { job, folder, signal } = context;
  const { trimStart: start = 0, trimEnd: end } = job.options;
  const parts = chapterParts(chaptersOfSound(source, job.options), { start, end }, declaredSeconds(source));
  const fileName = `out.${ZIP.extension}`;
  const path = join(folder, fileName);
  if (parts.length > MAX_PARTS) {
    throw new Failure('INVALID_OPTION', {
      detail: { field: 'options.splitByChapter', chapters: parts.length, limit: MAX_PARTS },
    });
  }
  const zip = new ChapterZip(path, new Date(job.createdAt), signal);
  try {
    const made = await makeParts(context, source, parts, zip);
    await zip.close();
    return { ...made, fileName, sizeBytes: (await stat(path)).size };
  } finally {
    zip.abandon();
  }
}

/** Each one verified, and in the zip. Answers what they have in common. */
async function makeParts(
  context: JobContext,
  source: ProbedSource,
  parts: readonly ChapterPart[],
  zip: ChapterZip,
): Promise<VerifiedOutput> {
  const { job, folder } = context;
  const { extension } = outputFormat(job.format);
  const convert = makeConverter(context, source);
  const made: VerifiedOutput[] = [];
  const warnings: Warning[] = source.chapters.length === 0 ? [planWarning('NO_CHAPTERS')] : [];

  for (const [index, part] of parts.entries()) {
    const doneSeconds = made.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
    const doneBytes = made.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const own = sourceOfPart(source, part, index + 1, parts.length);
    const converted = await convert(own, optionsOf(job.options, part), { doneSeconds, doneBytes }).catch(
      (error: unknown) => {
        // A source that ends before its chapters do: what there is of it is the result.
        if (index > 0 && isEmpty(error) && job.options.strict !== true) return undefined;
        throw error;
      },
    );
    if (converted === undefined) {
      warnings.push(planWarning('CHAPTERS_MISSING', { made: index, declared: parts.length }));
      break;
    }
    const verified = await verifyOutput(context, converted);
    made.push(verified);
    const name = chapterFileName(index + 1, parts.length, part.title, extension);
    await zip.take(join(folder, verified.fileName), name);
  }
  const [first] = made;
  if (first === undefined) throw new Failure('NO_DECODABLE_AUDIO');
  return {
    ...first,
    files: made.length,
    // Each chapter has its own.
    loudness: made.length === 1 ? first.loudness : undefined,
    durationSeconds: made.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
    warnings: distinct([...warnings, ...made.flatMap((each) => each.warnings)]),
  };
}

function optionsOf(options: JobContext['job']['options'], { startSeconds, endSeconds }: ChapterPart) {
  const { trimStart: _start, trimEnd: _end, splitByChapter: _split, ...others } = options;
  return {
    ...others,
    ...(startSeconds > 0 ? { trimStart: startSeconds } : {}),
    ...(endSeconds === undefined ? {} : { trimEnd: endSeconds }),
  };
}

const isEmpty = (error: unknown): boolean => error instanceof Failure && error.code === 'NO_DECODABLE_AUDIO';

/** Each warning once, though every chapter may have it. */
function distinct(warnings: readonly Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [`${warning.code} ${warning.message}`, warning])).values()];
}
