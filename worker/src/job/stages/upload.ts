/** The upload stage: the result into S3, under a key that only this attempt writes. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openOwnFile } from '@wavefleet/audio/own-files.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { outputFormat, ZIP } from '@wavefleet/contracts/formats.ts';
import type { InputFacts, JobOutput, Timings } from '@wavefleet/contracts/job.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import { withNote } from '@wavefleet/platform/storage/attempt-results.ts';
import { keyOf } from '../adoption.ts';
import type { JobContext } from '../context.ts';
import { writeNote } from '../result-note.ts';
import { withRetries } from '../transfer-retries.ts';
import type { VerifiedOutput } from './verify.ts';

/**
 * With a note, by which another attempt can take it over.
 * @param timings of the stages so far.
 * @throws Failure STORAGE_UNAVAILABLE when S3 does not take it.
 */
export async function uploadOutput(
  context: JobContext,
  input: InputFacts,
  verified: VerifiedOutput,
  timings: Timings,
): Promise<JobOutput> {
  const { job, platform, progress, log } = context;
  const startedAtMs = performance.now();
  const { durationSeconds, sampleRate, channels, codec, sizeBytes: totalSize } = verified;
  const { mimeType } = verified.files === undefined ? outputFormat(job.format) : ZIP;
  const key = keyOf(context);
  const { warnings, loudness, files } = verified;
  const sound = { durationSeconds, sampleRate, channels, codec, files };
  const stored = await storeFile(context, key, verified.fileName, mimeType, {
    noteOf: (facts) => writeNote(job, { output: { ...facts, ...sound }, warnings, loudness, input, timings }),
    onSent: (uploadedSize) =>
      progress.update('upload', {
        fraction: uploadedSize / totalSize,
        uploadedSize,
        totalSize,
        ...secondsLeft(totalSize - uploadedSize, progress.bytesPerSecond),
      }),
  });
  const { bucket } = platform.objects;
  log.say('job.stored', { bucket, key, ...stored, ms: msSince(startedAtMs) });
  return { bucket, key, ...stored, ...sound };
}

/** Nothing of it while the pace is unknown: what was said before still stands. */
function secondsLeft(bytes: number, bytesPerSecond: number | null): { secondsLeft?: number } {
  return bytesPerSecond === null ? {} : { secondsLeft: bytes / bytesPerSecond };
}

/** Of a file that is stored. */
interface StoredFacts {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Stores a file of the job's folder, with its sum. Until the record names it, it counts among what the attempt may have
 * stored for nobody.
 * @param options.onSent told how many bytes of the current try are sent.
 * @param options.noteOf what the object is to say of itself.
 * @throws Failure STORAGE_UNAVAILABLE when S3 does not take it.
 */
export async function storeFile(
  context: JobContext,
  key: string,
  fileName: string,
  contentType: string,
  options: { onSent?: (bytes: number) => void; noteOf?: (facts: StoredFacts) => string } = {},
): Promise<StoredFacts> {
  const { onSent = () => undefined, noteOf } = options;
  const path = join(context.folder, fileName);
  const facts = await sumOf(path, context.signal);
  context.stored.begin(key);
  const described = { ...facts, contentType, metadata: withNote(noteOf?.(facts)) };
  await withRetries(context, 'upload', () => send(context, key, path, described, onSent));
  return facts;
}

/** One streamed request, whose body the SDK cannot send twice: each try opens the file anew. */
async function send(
  { signal, platform }: JobContext,
  key: string,
  path: string,
  facts: StoredFacts & { contentType: string; metadata: Record<string, string> },
  onSent: (bytes: number) => void,
): Promise<void> {
  let sent = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      onSent(sent);
      done(null, chunk);
    },
  });
  const file = await openResult(path);
  const body = file.createReadStream();
  body.on('error', (error) => counter.destroy(error));
  try {
    await platform.objects.putKnown(key, body.pipe(counter), facts, signal);
  } finally {
    body.destroy();
  }
}

/** @throws Failure OUTPUT_INVALID when nothing lies there, CONVERSION_FAILED when it is no plain file. */
async function openResult(path: string): Promise<FileHandle> {
  const file = await openOwnFile(path);
  if (file === undefined) throw new Failure('OUTPUT_INVALID');
  return file;
}

async function sumOf(path: string, signal: AbortSignal): Promise<StoredFacts> {
  const hash = createHash('sha256');
  const file = await openResult(path);
  const { size: sizeBytes } = await file.stat();
  await pipeline(file.createReadStream(), hash, { signal });
  return { sizeBytes, sha256: hash.digest('hex') };
}
