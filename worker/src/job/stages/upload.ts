/** The upload stage: the result into S3, under a key that only this attempt writes. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { outputFormat, ZIP } from '@wavefleet/contracts/formats.ts';
import type { JobOutput } from '@wavefleet/contracts/job.ts';
import { outputKey } from '@wavefleet/contracts/keys.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import type { JobContext } from '../context.ts';
import { withRetries } from '../transfer-retries.ts';
import type { VerifiedOutput } from './verify.ts';

/** The folder is the decoder's to write in: a subverted one could have put a link in the result's place. */
const NO_LINKS = constants.O_RDONLY | constants.O_NOFOLLOW;

/** @throws Failure STORAGE_UNAVAILABLE when S3 does not take it. */
export async function uploadOutput(context: JobContext, verified: VerifiedOutput): Promise<JobOutput> {
  const { job, claim, platform, progress, log } = context;
  const startedAtMs = performance.now();
  const { durationSeconds, sampleRate, channels, codec, sizeBytes: totalSize } = verified;
  const { extension, mimeType } = verified.files === undefined ? outputFormat(job.format) : ZIP;
  const key = outputKey(job.jobId, claim.attempt, extension);
  const stored = await storeFile(context, key, verified.fileName, mimeType, (uploadedSize) =>
    progress.update('upload', {
      fraction: uploadedSize / totalSize,
      uploadedSize,
      totalSize,
      ...secondsLeft(totalSize - uploadedSize, progress.bytesPerSecond),
    }),
  );
  const { bucket } = platform.objects;
  log.say('job.stored', { bucket, key, ...stored, ms: msSince(startedAtMs) });
  return {
    bucket,
    key,
    ...stored,
    durationSeconds,
    sampleRate,
    channels,
    codec,
    files: verified.files,
  };
}

/** Nothing of it while the pace is unknown: what was said before still stands. */
function secondsLeft(bytes: number, bytesPerSecond: number | null): { secondsLeft?: number } {
  return bytesPerSecond === null ? {} : { secondsLeft: bytes / bytesPerSecond };
}

/**
 * Stores a file of the job's folder, with its sum.
 * @param onSent told how many bytes of the current try are sent.
 * @throws Failure STORAGE_UNAVAILABLE when S3 does not take it.
 */
export async function storeFile(
  context: JobContext,
  key: string,
  fileName: string,
  contentType: string,
  onSent: (bytes: number) => void = () => undefined,
): Promise<{ sizeBytes: number; sha256: string }> {
  const path = join(context.folder, fileName);
  const facts = { ...(await sumOf(path, context.signal)), contentType };
  await withRetries(context, 'upload', () => send(context, key, path, facts, onSent));
  return { sizeBytes: facts.sizeBytes, sha256: facts.sha256 };
}

/** One streamed request, whose body the SDK cannot send twice: each try opens the file anew. */
async function send(
  { signal, platform }: JobContext,
  key: string,
  path: string,
  facts: { sizeBytes: number; sha256: string; contentType: string },
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
  const file = await open(path, NO_LINKS);
  const body = file.createReadStream();
  body.on('error', (error) => counter.destroy(error));
  try {
    await platform.objects.putKnown(key, body.pipe(counter), facts, signal);
  } finally {
    body.destroy();
  }
}

async function sumOf(path: string, signal: AbortSignal): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const file = await open(path, NO_LINKS);
  const { size: sizeBytes } = await file.stat();
  await pipeline(file.createReadStream(), hash, { signal });
  return { sizeBytes, sha256: hash.digest('hex') };
}
