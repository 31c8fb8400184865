/**
 * The preview stage: an MP3 of the beginning of what browsers cannot play, so that the page can let people listen. Made only for
 * such formats, once the job is completed and announced: no result waits for it.
 */

import { convert, type Order } from '@wavefleet/audio/convert.ts';
import type { EncodeOptions } from '@wavefleet/audio/encode-options.ts';
import { fillUnlessAborted } from '@wavefleet/audio/holes.ts';
import { isShaped, type LevelPlan } from '@wavefleet/audio/plan/levels.ts';
import type { ProbedSource } from '@wavefleet/audio/probing/source.ts';
import type { SourceFeed } from '@wavefleet/audio/process/source-feed.ts';
import { timeLimits } from '@wavefleet/audio/process/time-limits.ts';
import { convertStreamed } from '@wavefleet/audio/streaming/convert-streamed.ts';
import { outputFormat } from '@wavefleet/contracts/formats.ts';
import type { Job, Previews, RunnableJob } from '@wavefleet/contracts/job.ts';
import { previewKey } from '@wavefleet/contracts/keys.ts';
import { playableMimeType } from '@wavefleet/contracts/playback.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import type { JobContext } from '../context.ts';
import { storeFile } from '../store-file.ts';

/** Enough to know a file by its sound; encoding it takes about a second. */
const PREVIEW_SECONDS = 180;
const FORMAT = 'mp3';
const QUALITY = '96k';
/** Far above what 180 s at 96 kbit/s take. */
const LIMIT_BYTES = 16 * 1024 ** 2;

/** Of a source that is full of holes, what is fetched behind what is played: headers lie before the sound. */
const AROUND_SECONDS = 60;

/** For all of them together: the slot is wanted for the next job. */
const BUDGET_MS = 20_000;
/** On top, for the last step to S3 and the record. */
const STORE_MS = 5_000;

/** A source that can be read from its start as often as one likes. */
interface FeedSource {
  feed(): SourceFeed;
}

/** What is played, in seconds of the source. */
interface Span {
  readonly trimStart?: number;
  readonly trimEnd: number;
}

/** Which previews a job needs. Unplayable results are lossless, so their sound is the source's, trimmed and shaped alike. */
export function neededPreviews(
  job: Pick<RunnableJob, 'format' | 'options'>,
  facts: ProbedSource['facts'],
): { readonly source?: Span; readonly result?: Span } {
  const { trimStart = 0, trimEnd = Number.POSITIVE_INFINITY } = job.options;
  const result = {
    ...(trimStart === 0 ? {} : { trimStart }),
    trimEnd: Math.min(trimEnd, trimStart + PREVIEW_SECONDS),
  };
  return {
    ...(playableMimeType(facts) === undefined ? { source: { trimEnd: PREVIEW_SECONDS } } : {}),
    ...(outputFormat(job.format).browserPlayable || job.options.splitByChapter ? {} : { result }),
  };
}

/** Epoch ms by which previews of a job that completes now have come; undefined when it needs none. */
export function previewsUntil(job: RunnableJob, facts: ProbedSource['facts']): number | undefined {
  const { source, result } = neededPreviews(job, facts);
  return source === undefined && result === undefined ? undefined : Date.now() + BUDGET_MS + STORE_MS;
}

/**
 * Makes the previews that a completed job needs and adds them to its record. Never throws: a job without a preview is
 * a good job, and one whose worker dies now stays without.
 * @param completed the record; says whether any are needed.
 * @param levels how the result was shaped.
 * @param stream where the source comes from, in place of the folder.
 */
export async function addPreviews(
  context: JobContext,
  source: ProbedSource,
  completed: Job,
  levels: LevelPlan,
  stream: FeedSource | undefined,
): Promise<void> {
  if (completed.previewsUntil === undefined) return;
  const { platform, claim, call, log, stored } = context;
  try {
    // Nobody needs the message any more, and nobody should be woken by it: it is deleted when this is over.
    await platform.queue.hide(call.receiptHandle, BUDGET_MS + STORE_MS).catch(() => undefined);
    const startedAtMs = performance.now();
    const previews = await storePreviews(context, source, levels, stream);
    // What the record does not name in the end, be it that the job is gone or that nothing gets through, is deleted with
    // all else that the attempt stored for nobody.
    if (!(await platform.transitions.previewsMade(claim, previews)) || previews === undefined) return;
    stored.committed();
    const keys = [...new Set([previews.source, previews.result].flatMap((made) => made?.key ?? []))];
    log.say('job.previews-stored', { bucket: platform.objects.bucket, keys, ms: msSince(startedAtMs) });
  } catch (error) {
    log.say('job.previews-failed', { err: error });
  }
}

/** @returns undefined when none could be made. */
async function storePreviews(
  context: JobContext,
  source: ProbedSource,
  levels: LevelPlan,
  stream: FeedSource | undefined,
): Promise<Previews | undefined> {
  const { job, log, signal } = context;
  const previews: { -readonly [Of in keyof Previews]: Previews[Of] } = {};
  const needed = neededPreviews(job, source.facts);
  const hurried = { ...context, signal: AbortSignal.any([signal, AbortSignal.timeout(BUDGET_MS)]) };
  try {
    for (const kind of ['source', 'result'] as const) {
      const span = needed[kind];
      if (span === undefined) continue;
      const like = kind === 'result' && isShaped(levels) ? levels : undefined;
      const isSame = kind === 'result' && like === undefined && sameSpan(span, needed.source);
      previews[kind] =
        isSame && previews.source !== undefined
          ? previews.source
          : await storePreview(hurried, source, kind, { span, like, stream });
    }
  } catch (error) {
    log.say('job.previews-failed', { err: error });
  }
  return Object.keys(previews).length === 0 ? undefined : previews;
}

function sameSpan(a: Span, b: Span | undefined): boolean {
  return a.trimStart === b?.trimStart && a.trimEnd === b?.trimEnd;
}

async function storePreview(
  context: JobContext,
  source: ProbedSource,
  kind: keyof Previews,
  { span, like, stream }: { span: Span; like: LevelPlan | undefined; stream: FeedSource | undefined },
): Promise<NonNullable<Previews[typeof kind]>> {
  const { ffmpeg, folder, signal, platform, job, claim, log, holes } = context;
  const order: Order = {
    format: FORMAT,
    quality: QUALITY,
    options: { ...span, tags: false, cover: false },
    like,
  };
  const { durationSeconds } = source.facts;
  const { sizeBytes: sourceBytes } = job.inputS3Location;
  const to = (sourceBytes * (span.trimEnd + AROUND_SECONDS)) / (durationSeconds ?? 0);
  await fillUnlessAborted(holes, { from: 0, to }, signal);
  const tools = ffmpeg.in(folder, signal, log);
  const asked: EncodeOptions = {
    output: `preview-${kind}`,
    input: source.facts,
    limits: {
      ...timeLimits(span.trimEnd, span.trimStart),
      memoryBytes: platform.config.FFMPEG_MEMORY_BYTES,
      outputBytes: LIMIT_BYTES,
      outputSeconds: PREVIEW_SECONDS + 1,
    },
  };
  const made =
    stream === undefined
      ? convert(tools, source, order, asked)
      : convertStreamed(tools, source, order, { ...asked, feed: stream.feed() });
  const { fileName } = await made;
  const key = previewKey(job.jobId, claim.attempt, kind);
  const { sizeBytes } = await storeFile(context, key, fileName, outputFormat(FORMAT).mimeType);
  return { key, sizeBytes };
}
