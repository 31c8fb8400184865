/**
 * Part of stage 6: an MP3 of the beginning of what browsers cannot play, so that the page can let people listen. Made
 * only for such formats, after the result is stored, and never a reason for the job to fail.
 */
import { outputFormat } from '@wavefleet/contracts/formats.ts';
import type { Job, Previews } from '@wavefleet/contracts/job.ts';
import { previewKey } from '@wavefleet/contracts/keys.ts';
import { playableMimeType } from '@wavefleet/contracts/playback.ts';
import { convertArgs } from '../../ffmpeg/args.ts';
import { writeCompanions } from '../../ffmpeg/companions/cover.ts';
import { outputFile } from '../../ffmpeg/folder-files.ts';
import { planConversion } from '../../ffmpeg/plan.ts';
import type { ProbedSource } from '../../ffmpeg/probing/source.ts';
import { runFfmpeg } from '../../ffmpeg/process/run.ts';
import { timeLimits } from '../../ffmpeg/process/time-limits.ts';
import type { JobContext } from '../context.ts';
import { storeFile } from './upload.ts';

/** Enough to know a file by its sound; encoding it takes about a second. */
const PREVIEW_SECONDS = 180;
const QUALITY = '96k';
/** Far above what 180 s at 96 kbit/s take. */
const LIMIT_BYTES = 16 * 1024 ** 2;

/** For all of them together: the job's result is stored already and waits to be announced. */
const BUDGET_MS = 20_000;

/** What is played, in seconds of the source. */
interface Span {
  readonly trimStart?: number;
  readonly trimEnd: number;
}

/** Which previews a job needs. Unplayable results are lossless, so their sound is the source's, trimmed alike. */
export function neededPreviews(
  job: Pick<Job, 'format' | 'options'>,
  facts: ProbedSource['facts'],
): { readonly source?: Span; readonly result?: Span } {
  const { trimStart = 0, trimEnd = Number.POSITIVE_INFINITY } = job.options;
  const result = {
    ...(trimStart === 0 ? {} : { trimStart }),
    trimEnd: Math.min(trimEnd, trimStart + PREVIEW_SECONDS),
  };
  return {
    ...(playableMimeType(facts) === undefined ? { source: { trimEnd: PREVIEW_SECONDS } } : {}),
    ...(outputFormat(job.format).browserPlayable ? {} : { result }),
  };
}

/**
 * Makes and stores them. Overwrites what lies in the job's folder.
 * @returns undefined when none is needed, or none could be made.
 * @throws only the abort reason.
 */
export async function storePreviews(
  context: JobContext,
  source: ProbedSource,
): Promise<Previews | undefined> {
  const { job, claim, log, signal } = context;
  const previews: { -readonly [Of in keyof Previews]: Previews[Of] } = {};
  const needed = neededPreviews(job, source.facts);
  const hurried = { ...context, signal: AbortSignal.any([signal, AbortSignal.timeout(BUDGET_MS)]) };
  try {
    for (const kind of ['source', 'result'] as const) {
      const span = needed[kind];
      if (span === undefined) continue;
      const isSame = kind === 'result' && previews.source !== undefined && sameSpan(span, needed.source);
      previews[kind] = isSame
        ? previews.source
        : await storePreview(hurried, source, span, previewKey(job.jobId, claim.attempt, kind));
    }
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ err: error }, 'no preview could be made; the result is not affected');
  }
  return Object.keys(previews).length === 0 ? undefined : previews;
}

function sameSpan(a: Span, b: Span | undefined): boolean {
  return a.trimStart === b?.trimStart && a.trimEnd === b?.trimEnd;
}

async function storePreview(context: JobContext, source: ProbedSource, span: Span, key: string) {
  const { ffmpeg, folder, signal, platform } = context;
  const { plan } = planConversion(source, 'mp3', QUALITY, { ...span, tags: false, cover: false });
  const shared = { binary: ffmpeg.ffmpeg, lists: ffmpeg.lists, sandbox: ffmpeg.sandbox, cwd: folder, signal };
  const { companions } = await writeCompanions({ ...shared, plan });
  await runFfmpeg({
    ...shared,
    args: convertArgs(plan, ffmpeg.lists, companions),
    limits: {
      ...timeLimits(span.trimEnd, span.trimStart),
      memoryBytes: platform.config.FFMPEG_MEMORY_BYTES,
      outputBytes: LIMIT_BYTES,
    },
  });
  const { extension, mimeType } = outputFormat('mp3');
  const { sizeBytes } = await storeFile(context, key, outputFile(extension), mimeType);
  return { key, sizeBytes };
}
