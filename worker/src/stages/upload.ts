/** Stage 6: the result into S3, under a key that only this attempt writes. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { outputFormat } from '@wavefleet/contracts/formats.ts';
import type { JobOutput } from '@wavefleet/contracts/job.ts';
import { outputKey } from '@wavefleet/contracts/keys.ts';
import type { JobContext } from '../job-context.ts';
import type { VerifiedOutput } from './verify.ts';

/** @throws SDK errors, which are retried as STORAGE_UNAVAILABLE. */
export async function uploadOutput(context: JobContext, verified: VerifiedOutput): Promise<JobOutput> {
  const { job, claim, signal, platform, progress } = context;
  const { sizeBytes } = verified;
  const hash = createHash('sha256');
  await pipeline(createReadStream(verified.path), hash, { signal });
  const sha256 = hash.digest('hex');

  const key = outputKey(job.jobId, claim.attempt, job.format);
  let sent = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      progress.update('upload', { fraction: sent / sizeBytes, uploadedSize: sent, totalSize: sizeBytes });
      done(null, chunk);
    },
  });
  const body = createReadStream(verified.path);
  body.on('error', (error) => counter.destroy(error));
  const { mimeType } = outputFormat(job.format);
  await platform.objects.putKnown(
    key,
    body.pipe(counter),
    { sizeBytes, sha256, contentType: mimeType },
    signal,
  );
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
