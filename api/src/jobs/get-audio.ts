/** `GET /api/jobs/{jobId}/audio?of=`: source or result as browsers can play it: the file itself, or an MP3 of its beginning. */
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { playableMimeType } from '@wavefleet/contracts/playback.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { contentDisposition, resultName } from '@wavefleet/platform/storage/file-names.ts';
import { type Router, router } from '../http/context.ts';
import { answerObject, type Served } from '../http/object-answer.ts';
import { ownedJob } from '../http/owner.ts';
import { errorAnswers, jobIdParams, rawBytes } from '../http/route-parts.ts';
import type { JobDeps } from './deps.ts';
import { resultPlayback, sourcePlayback } from './job-view.ts';
import { resultFile } from './result-file.ts';

const PREVIEW_TYPE = 'audio/mpeg';

const binary = { 'audio/*': rawBytes };
const route = createRoute({
  method: 'get',
  path: '/api/jobs/{jobId}/audio',
  summary: 'Listen to source or result',
  description:
    'What a browser can play: the file itself, or else an MP3 of its beginning; `playback` of the job says which. Accepts `Range` (one range), `If-Range` and `If-None-Match`.',
  request: { params: jobIdParams, query: z.object({ of: z.enum(['source', 'result']).default('result') }) },
  responses: {
    200: { description: 'The audio.', content: binary },
    206: { description: 'The requested range.', content: binary },
    304: { description: 'The audio is still the one in `If-None-Match`.' },
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_ID',
      'JOB_NOT_FOUND',
      'JOB_NOT_READY',
      'JOB_FAILED',
      'INPUT_CHANGED',
      'NOT_PLAYABLE',
      'OUTPUT_DELETED',
      'OUTPUT_EXPIRED',
      'INPUT_MISSING',
      'RANGE_INVALID',
    ),
  },
});

export const getAudio = (deps: JobDeps): Router =>
  router().openapi(route, async (c) => {
    const job = await ownedJob(c, deps, c.req.valid('param').jobId);
    const { of } = c.req.valid('query');
    const found = of === 'source' ? sourceAudio(job) : resultAudio(job);
    const stored = await deps.objects.head(found.key, found.bucket);
    if (stored === undefined) throw new Failure(found.goneCode);
    if (found.etag !== undefined && found.etag !== stored.etag) throw new Failure('INPUT_CHANGED');
    return await answerObject(c, deps, stored, {
      ...found,
      onSent: (sent) => c.var.log.say('listening.ended', { jobId: job.jobId, ...sent }),
    });
  });

/** What a player is sent, and where it lies. */
export interface Audio extends Served {
  readonly key: string;
  readonly bucket?: string;
  /** The version that the job means, where the key could be overwritten. */
  readonly etag?: string;
}

function sourceAudio(job: Job): Audio {
  const { bucket, key, etag } = job.inputS3Location;
  const contentType = job.input && playableMimeType(job.input);
  if (sourcePlayback(job) === 'file' && contentType !== undefined) {
    const disposition = contentDisposition(job.fileName, 'inline');
    return { bucket, key, etag, contentType, contentDisposition: disposition, goneCode: 'INPUT_MISSING' };
  }
  if (job.previews?.source === undefined) {
    const comes = !isTerminal(job.status) || sourcePlayback(job) === 'pending';
    throw new Failure(comes ? 'JOB_NOT_READY' : 'NOT_PLAYABLE');
  }
  return preview(job, job.previews.source.key);
}

/** By the record alone. @throws Failure JOB_NOT_READY, JOB_FAILED, OUTPUT_DELETED, OUTPUT_EXPIRED, NOT_PLAYABLE. */
export function resultAudio(job: Job): Audio {
  const { key, contentType, fileName } = resultFile(job);
  if (resultPlayback(job) === 'file') {
    const disposition = contentDisposition(fileName, 'inline');
    return { key, contentType, contentDisposition: disposition, goneCode: 'OUTPUT_EXPIRED' };
  }
  if (job.previews?.result === undefined) {
    throw new Failure(resultPlayback(job) === 'pending' ? 'JOB_NOT_READY' : 'NOT_PLAYABLE');
  }
  return preview(job, job.previews.result.key);
}

function preview(job: Job, key: string): Audio {
  const disposition = contentDisposition(resultName(job.fileName, 'preview.mp3'), 'inline');
  return { key, contentType: PREVIEW_TYPE, contentDisposition: disposition, goneCode: 'OUTPUT_EXPIRED' };
}
