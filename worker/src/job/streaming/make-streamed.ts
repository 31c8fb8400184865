/**
 * A result whose source is not fetched before: FFmpeg reads it as it comes from S3. Where that does not do, nothing of it
 * stays, and the job is done by files. See `docs/decisions/019-streamed-sources.md`.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProbedSource } from '@wavefleet/audio/probing/source.ts';
import { isOneRun, NotStreamed, type WhyFiles } from '@wavefleet/audio/streaming/convert-streamed.ts';
import { canReadPiped } from '@wavefleet/audio/streaming/piped-formats.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Warning } from '@wavefleet/contracts/job.ts';
import type { Stage } from '@wavefleet/contracts/stages.ts';
import type { JobContext } from '../context.ts';
import { requireFitting } from '../source/fitting.ts';
import { convertAudio } from '../stages/convert.ts';
import { probeInput } from '../stages/probe.ts';
import { type VerifiedOutput, verifyOutput } from '../stages/verify.ts';
import { likelyBytes } from '../temp-space.ts';
import { ENDS_BYTES, StreamedSource } from './streamed-source.ts';

/** A result that may be stored, of a source that can be streamed once more. */
interface MadeStreamed {
  readonly source: ProbedSource;
  readonly verified: VerifiedOutput;
  readonly stream: StreamedSource;
}

/** Why the source is fetched first; undefined where nobody need be told. */
interface ByFiles {
  readonly why: WhyFiles | undefined;
}

type At = <T>(stage: Stage, work: () => Promise<T>) => Promise<T>;

/**
 * Streams what was asked to be, and what this disk has no room for.
 * @param release takes what has to be closed when the job is over.
 * @throws what keeps files from being of use as well: infrastructure, a source that is gone or was replaced, limits.
 */
export async function makeStreamed(
  context: JobContext,
  at: At,
  release: (stream: StreamedSource) => void,
): Promise<MadeStreamed | ByFiles> {
  const { pipeline = 'auto' } = context.job.options;
  requireFitting(context);
  const isAsked = pipeline === 'stream';
  // All of a smaller one is fetched to see what it is.
  if (context.job.inputS3Location.sizeBytes <= ENDS_BYTES || pipeline === 'files') return { why: undefined };
  if (!isAsked && (await hasRoomForFiles(context))) return { why: undefined };
  try {
    if (!isOneRun(context.job.options)) throw new NotStreamed('order');
    return await make(context, at, release);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof NotStreamed)) throw error;
    context.log.say('stream.not-used', { why: error.why, err: error.cause });
    await clear(context.folder);
    return { why: isAsked ? error.why : undefined };
  }
}

async function make(
  context: JobContext,
  at: At,
  release: (stream: StreamedSource) => void,
): Promise<MadeStreamed> {
  await context.workDir.requireBytes(context.folder, ENDS_BYTES);
  const stream = await at('download', () => StreamedSource.open(context));
  release(stream);
  const source = await at('probe', () => probeInput(context)).catch((error: unknown) => {
    // What a hole reads as is nothing that a file holds.
    throw doubtOf(error, 'head') ?? error;
  });
  if (!canReadPiped(source.facts)) throw new NotStreamed('container');
  // Sound behind the end that a header declares was told from what lies there, and that may be the hole.
  const goesOn = source.notes?.some(({ code }) => code === 'TRAILING_DATA');
  if (goesOn === true || !(await stream.isKnown(source.facts.container))) throw new NotStreamed('head');
  if (!(await context.workDir.allowsRoom(context.folder, likelyBytes(context.job, source)))) {
    throw new Failure('DISK_FULL');
  }
  const feed = stream.checkedFeed();
  const converted = await at('convert', async () => {
    const made = await convertAudio(context, source, { feed, diskBytes: ENDS_BYTES });
    // FFmpeg stops reading at the end of a cut, and where a header says that the sound ends.
    await feed.rest();
    await stream.requireSum();
    return made;
  });
  const verified = await at('verify', () => verifyOutput(context, converted)).catch((error: unknown) => {
    throw doubtOf(error, 'failure') ?? error;
  });
  if (verified.warnings.some(({ code }) => signsOfDamage.has(code))) throw new NotStreamed('damage');
  context.log.say('stream.used', {
    sizeBytes: context.job.inputS3Location.sizeBytes,
    waitedMs: feed.waitedMs,
  });
  return { source, verified, stream };
}

/** By them a file that is there as a whole is looked at once more, or the user is told with more to go by. */
const signsOfDamage: ReadonlySet<string> = new Set(['INPUT_TRUNCATED', 'DURATION_DIFFERS', 'DECODE_ERRORS']);

/** A source of which only the ends were seen, or a result of it, may be right as a file. */
function doubtOf(error: unknown, why: WhyFiles): NotStreamed | undefined {
  const isFilesFault = error instanceof Failure && error.status < 503 && !final.has(error.code);
  return isFilesFault ? new NotStreamed(why, { cause: error }) : undefined;
}

/** With all of the source there it would be no other. */
const final: ReadonlySet<Failure['code']> = new Set(['INPUT_TOO_LONG', 'TEMP_SPACE_LIMIT', 'DISK_FULL']);

async function hasRoomForFiles({ workDir, folder, job }: JobContext): Promise<boolean> {
  try {
    await workDir.requireRoom(folder, job.inputS3Location.sizeBytes);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === 'DISK_FULL') return false;
    throw error;
  }
}

/** Nothing of a try is taken for something of the next one. */
async function clear(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

const reasons: Readonly<Record<WhyFiles, string>> = {
  order: 'the conversion needs more than one pass over it',
  container: 'this kind of file is only certain to give the same sound when it is complete',
  head: 'its headers and tags are not all at its beginning or end',
  shape: 'its sound changes midway',
  damage: 'it seems to be damaged, or is not as long as it says',
  failure: 'FFmpeg could not convert it while it arrived',
  sum: 'what arrived differed from the stored file',
};

/** What the user is told who asked for a stream. */
export function notStreamed(why: WhyFiles | undefined): Warning[] {
  if (why === undefined) return [];
  return [
    {
      code: 'NOT_STREAMED',
      message: `The source was downloaded completely before it was converted: ${reasons[why]}.`,
    },
  ];
}
