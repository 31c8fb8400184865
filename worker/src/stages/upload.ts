/** Stage 6: the result into S3, under a key that only this attempt writes. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { outputFormat } from '@wavefleet/contracts/formats.ts';
import type { JobOutput } from '@wavefleet/contracts/job.ts';
import { outputKey } from '@wavefleet/contracts/keys.ts';
import type { JobContext } from '../job-context.ts';
import { withRetries } from '../transfer-retries.ts';
import type { VerifiedOutput } from './verify.ts';

/** The folder is the decoder's to write in: a subverted one could have put a link in the result's place. */
const NO_LINKS = constants.O_RDONLY | constants.O_NOFOLLOW;

/** @throws Failure STORAGE_UNAVAILABLE when S3 does not take it. */
export async function uploadOutput(context: JobContext, verified: VerifiedOutput): Promise<JobOutput> {
  const { job, claim, signal, platform } = context;
  const { sizeBytes } = verified;
  const sha256 = await sha256Of(verified.path, signal);

  const key = outputKey(job.jobId, claim.attempt, job.format);
  await withRetries(context, 'upload', () => send(context, key, { path: verified.path, sizeBytes, sha256 }));
  const { durationSeconds, sampleRate, channels, codec } = verified;
  return {
    bucket: platform.objects.bucket,
    key,
    sizeBytes,
    sha256,
    durationSeconds,
    sampleRate,
    channels,
    codec,
  };
}

/** One streamed request, whose body the SDK cannot send twice: each try opens the file anew. */
async function send(
  { job, signal, platform, progress }: JobContext,
  key: string,
  { path, sizeBytes, sha256 }: { path: string; sizeBytes: number; sha256: string },
): Promise<void> {
  let sent = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      progress.update('upload', { fraction: sent / sizeBytes, uploadedSize: sent, totalSize: sizeBytes });
      done(null, chunk);
    },
  });
  const file = await open(path, NO_LINKS);
  const body = file.createReadStream();
  body.on('error', (error) => counter.destroy(error));
  const { mimeType: contentType } = outputFormat(job.format);
  try {
    await platform.objects.putKnown(key, body.pipe(counter), { sizeBytes, sha256, contentType }, signal);
  } finally {
    body.destroy();
  }
}

async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, NO_LINKS);
  await pipeline(file.createReadStream(), hash, { signal });
  return hash.digest('hex');
}
