/** `GET /api/download?jobId=`: the result as a stream with ranges, or a presigned URL for it. */
import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { outputFormat } from '@wavefleet/contracts/formats.ts';
import type { Job, JobOutput, ObjectRef } from '@wavefleet/contracts/job.ts';
import { isMissing } from '@wavefleet/platform/aws-errors.ts';
import { contentDisposition, resultName } from '@wavefleet/platform/content-disposition.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { Context } from 'hono';
import { errorAnswers, jobIdQuery, jsonAnswer } from '../answers.ts';
import type { AppEnv } from '../app-env.ts';
import { type Deps, type Router, router } from '../context.ts';
import { ownerOf } from '../owner.ts';
import { type ByteRange, parseRange } from '../range.ts';

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
    c.header('Accept-Ranges', 'bytes');
    c.header('ETag', stored.etag);
    c.header('Cache-Control', 'private, no-cache');
    if (c.req.header('if-none-match')?.split(/,\s*/).includes(stored.etag)) return c.body(null, 304);
    c.header('Content-Type', contentType);
    c.header('Content-Disposition', contentDisposition(fileName));
    c.header('Repr-Digest', `sha-256=:${Buffer.from(output.sha256, 'hex').toString('base64')}:`);
    return await stream(c, platform, stored);
  });

/** @throws Failure JOB_NOT_READY, JOB_FAILED, OUTPUT_EXPIRED. */
function finishedOutput(job: Job): JobOutput {
  if (job.status === 'created' || job.status === 'processing') throw new Failure('JOB_NOT_READY');
  if (job.status !== 'completed') {
    throw new Failure('JOB_FAILED', { detail: { status: job.status, code: job.error?.code ?? null } });
  }
  if (job.outputS3Location === undefined) throw new Failure('OUTPUT_EXPIRED');
  return job.outputS3Location;
}

async function stream(c: Context<AppEnv>, { objects }: Platform, stored: ObjectRef): Promise<Response> {
  // RFC 9110: a range means something for GET only.
  const range = c.req.method === 'HEAD' ? undefined : askedRange(c, stored);
  c.header('Content-Length', String(range === undefined ? stored.sizeBytes : range.last - range.first + 1));
  // Hono sends HEAD here as well and drops the body: it must not be opened.
  if (c.req.method === 'HEAD') return c.body(null, 200);
  const bytes = range === undefined ? {} : { range: `bytes=${range.first}-${range.last}` };
  const { body } = await objects
    .open(stored.key, { ifMatch: stored.etag, paced: true, ...bytes })
    .catch((error: unknown) => {
      throw isMissing(error) ? new Failure('OUTPUT_EXPIRED', { cause: error }) : error;
    });
  if (range !== undefined)
    c.header('Content-Range', `bytes ${range.first}-${range.last}/${stored.sizeBytes}`);
  return c.body(Readable.toWeb(body), range === undefined ? 200 : 206);
}

/** The range to serve. `If-Range` with another version's ETag means: then the whole file. */
function askedRange(c: Context<AppEnv>, stored: ObjectRef): ByteRange | undefined {
  const condition = c.req.header('if-range');
  if (condition !== undefined && condition !== stored.etag) return undefined;
  try {
    return parseRange(c.req.header('range'), stored.sizeBytes);
  } catch (error) {
    c.header('Content-Range', `bytes */${stored.sizeBytes}`);
    throw error;
  }
}
