/** `GET /api/download?jobId=`: the result as a stream with ranges, or a presigned URL for it. */
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { outputFormat } from '@wavefleet/contracts/formats.ts';
import { contentDisposition, resultName } from '@wavefleet/platform/storage/file-names.ts';
import { ownerOf } from '../http/browser-cookie.ts';
import { type Deps, type Router, router } from '../http/context.ts';
import { serveObject } from '../http/object-answer.ts';
import { errorAnswers, jobIdQuery, jsonAnswer } from '../http/route-parts.ts';
import { finishedOutput } from './result-file.ts';

/** Long enough for a slow line to start the download, short enough that a leaked link is soon worthless. */
const URL_EXPIRES_IN_SECONDS = 900;

const binary = { 'audio/*': { schema: { type: 'string', format: 'binary' } } } as const;
const route = createRoute({
  method: 'get',
  path: '/api/download',
  summary: 'Download a result',
  description: 'Takes `Range` (one range), `If-Range` and `If-None-Match`; answers HEAD as well.',
  request: { query: jobIdQuery.extend({ mode: z.enum(['stream', 'url']).default('stream') }) },
  responses: {
    200: {
      description: 'The file; with `mode=url` a JSON body with a link that needs no credentials.',
      content: {
        ...binary,
        ...jsonAnswer('', z.object({ url: z.url(), expiresInSeconds: z.int() })).content,
      },
    },
    206: { description: 'The asked range.', content: binary },
    304: { description: 'The file is the one in `If-None-Match`.' },
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_ID',
      'JOB_NOT_FOUND',
      'JOB_NOT_READY',
      'JOB_FAILED',
      'OUTPUT_EXPIRED',
      'RANGE_INVALID',
    ),
  },
});

export const download = ({ platform }: Deps): Router =>
  router().openapi(route, async (c) => {
    const { jobId, mode } = c.req.valid('query');
    const job = await platform.jobs.getOwned(jobId, ownerOf(c));
    const output = finishedOutput(job);
    const stored = await platform.objects.head(output.key);
    if (stored === undefined) throw new Failure('OUTPUT_EXPIRED');
    const { mimeType: contentType, extension } = outputFormat(job.format);
    const fileName = resultName(job.fileName, extension);
    if (mode === 'url') {
      const url = await platform.objects.presignDownload(
        output.key,
        { fileName, contentType },
        URL_EXPIRES_IN_SECONDS,
      );
      return c.json({ url, expiresInSeconds: URL_EXPIRES_IN_SECONDS }, 200, { 'Cache-Control': 'no-store' });
    }
    return await serveObject(c, platform, stored, {
      contentType,
      contentDisposition: contentDisposition(fileName),
      headers: { 'Repr-Digest': `sha-256=:${Buffer.from(output.sha256, 'hex').toString('base64')}:` },
      goneCode: 'OUTPUT_EXPIRED',
    });
  });
