/** `GET /api/download?jobId=`: the result as a stream with ranges, or a presigned URL for it. */
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { contentDisposition } from '@wavefleet/platform/storage/file-names.ts';
import { type Router, router } from '../http/context.ts';
import { requireOwnSite } from '../http/cross-site.ts';
import { answerObject } from '../http/object-answer.ts';
import { ownedJob } from '../http/owner.ts';
import { errorAnswers, jobIdQuery, jsonAnswer, rawBytes } from '../http/route-parts.ts';
import { deleteOnceDelivered } from './delivery.ts';
import type { JobDeps } from './deps.ts';
import { resultFile } from './result-file.ts';

/** Long enough for a slow line to start the download, short enough that a leaked link is soon worthless. */
const URL_SECONDS = 900;

const binary = { 'audio/*': rawBytes };
const route = createRoute({
  method: 'get',
  path: '/api/download',
  summary: 'Download a result',
  description:
    'Accepts `Range` (one range), `If-Range` and `If-None-Match`, and HEAD. A job with `deleteAfterDownload` is deleted a minute after one answer has sent the whole result; partial answers, HEAD and `mode=url` do not count. Links on other sites cannot open it.',
  request: { query: jobIdQuery.extend({ mode: z.enum(['stream', 'url']).default('stream') }) },
  responses: {
    200: {
      description: 'The file; with `mode=url` a JSON body with a link that needs no credentials.',
      content: {
        ...binary,
        ...jsonAnswer('', z.object({ url: z.url(), expiresInSeconds: z.int() })).content,
      },
    },
    206: { description: 'The requested range.', content: binary },
    304: { description: 'The file is still the one in `If-None-Match`.' },
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_ID',
      'CSRF_REJECTED',
      'JOB_NOT_FOUND',
      'JOB_NOT_READY',
      'JOB_FAILED',
      'OUTPUT_DELETED',
      'OUTPUT_EXPIRED',
      'RANGE_INVALID',
    ),
  },
});

export const download = (deps: JobDeps): Router =>
  router().openapi(route, async (c) => {
    const { jobId, mode } = c.req.valid('query');
    const job = await ownedJob(c, deps, jobId);
    // It is deleted by it: that is for whoever wants the file, and not for a site that leads there.
    if (job.deleteAfterDownload === true && mode === 'stream') requireOwnSite(c);
    const { key, sizeBytes, sha256, contentType, fileName } = resultFile(job);
    const stored = await deps.objects.head(key).catch((error: unknown) => {
      // Signed without S3, which the client may well reach where this API does not.
      if (mode !== 'url') throw error;
      return null;
    });
    if (stored === undefined) throw new Failure('OUTPUT_EXPIRED');
    if (stored === null || mode === 'url') {
      const as = { fileName, contentType };
      const { url, expiresInSeconds } = await deps.objects.presignDownload(key, as, URL_SECONDS);
      c.var.log.say('download.addressed', {
        jobId,
        bucket: deps.objects.bucket,
        key,
        sizeBytes,
        expiresInSeconds,
      });
      const link = { url, expiresInSeconds, deletesAfterDownload: false } as const;
      return c.json(link, 200, { 'Cache-Control': 'no-store' });
    }
    const answer = await answerObject(c, deps, stored, {
      contentType,
      contentDisposition: contentDisposition(fileName),
      headers: { 'Repr-Digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:` },
      goneCode: 'OUTPUT_EXPIRED',
      onSent: (sent) => c.var.log.say('download.ended', { jobId, ...sent }),
    });
    deleteOnceDelivered(c, deps, job, { answer, stored });
    return answer;
  });
