/** `POST /api/jobs`, also known as `POST /api/convert-audio`. */
import { createRoute } from '@hono/zod-openapi';
import { submitBodySchema, submittedSchema } from '@wavefleet/contracts/http.ts';
import type { Upload } from '@wavefleet/contracts/uploads.ts';
import { refusalIfSeen } from '@wavefleet/platform/storage/early-look.ts';
import type { Context } from 'hono';
import { type AppEnv, type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { ownedFile } from '../http/owner.ts';
import { note } from '../http/request-facts.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import { tooLarge } from '../uploads/body-stream.ts';
import { conversionOf } from './conversion-of.ts';
import type { JobDeps } from './deps.ts';
import { idempotencyHeaders } from './idempotency.ts';
import { submittedView } from './job-view.ts';
import { type InputFile, orderOf } from './order.ts';
import { takeOrder } from './take-order.ts';

const describe = (path: '/api/jobs' | '/api/convert-audio') =>
  createRoute({
    method: 'post',
    path,
    summary: 'Convert an uploaded file',
    description:
      'To a `format`, or with a `preset`: one of yours (`/api/presets`) or a built-in one (`/api/formats`). Other fields of the request override the preset: `options` one by one, and another `format` with its own default quality.',
    middleware: jsonBody,
    request: { headers: idempotencyHeaders, body: jsonRequest(submitBodySchema) },
    responses: {
      202: jsonAnswer('The job is accepted and stored.', submittedSchema),
      ...errorAnswers(
        'VALIDATION_ERROR',
        'INVALID_JSON',
        'INVALID_ID',
        'INVALID_IDEMPOTENCY_KEY',
        'CSRF_REJECTED',
        'UPLOAD_NOT_FOUND',
        'UPLOAD_JOBS_LIMIT',
        'UPLOAD_INCOMPLETE',
        'PAYLOAD_TOO_LARGE',
        'UPLOAD_TOO_LARGE',
        'PLAN_UPLOAD_LIMIT',
        'UNSUPPORTED_MEDIA_TYPE',
        'UNSUPPORTED_OUTPUT_FORMAT',
        'INVALID_OPTION',
        'UNKNOWN_PRESET',
        'UNRECOGNISED_FORMAT',
        'FORMAT_NOT_ALLOWED',
        'IDEMPOTENCY_KEY_REUSED',
        'OVERLOADED',
        'JOBS_LIMIT',
        'MINUTES_LIMIT',
        'EMAIL_UNAVAILABLE',
        'WEBHOOK_URL_FORBIDDEN',
      ),
    },
  });

export const postJob = (deps: JobDeps): Router => {
  const app = router();
  for (const route of [describe('/api/jobs'), describe('/api/convert-audio')]) {
    app.openapi(route, async (c) => {
      const { fileId, ...body } = c.req.valid('json');
      const idempotencyKey = c.req.valid('header')['idempotency-key'];
      const by = { ...c.var, idempotencyKey };
      note(c, { fileId });
      const conversion = await conversionOf(deps, body, by);
      note(c, { format: conversion.format });
      const asked = orderOf(conversion, { source: { kind: 'upload', fileId } }, by);
      const job = await takeOrder(c, deps, asked, {
        idempotencyKey,
        async check() {
          // The same key may be sent twice at a time, for one and the same job: what is refused must not hold its place first.
          if (idempotencyKey !== undefined) await inputOf(c, deps, await ownedFile(c, deps, fileId));
        },
        tie: (jobId) => tieUpload(c, deps, jobId, fileId),
      });
      return c.json(submittedView(job), 202);
    });
  }
  return app;
};

/** Ties the job to the caller's upload, in one step with the question whose it is. @throws Failure as `inputOf`. */
async function tieUpload(
  c: Context<AppEnv>,
  deps: JobDeps,
  jobId: string,
  fileId: string,
): Promise<InputFile> {
  const upload = await deps.uploads.ties.linkOwned(fileId, { jobId, ownerId: c.var.owner.id });
  return await inputOf(c, deps, upload).catch(async (error: unknown) => {
    // Left tied, it is only kept longer.
    await deps.uploads.ties.unlink(fileId, jobId).catch(() => undefined);
    throw error;
  });
}

/**
 * The caller's upload, to be converted.
 * @throws Failure UPLOAD_TOO_LARGE, PLAN_UPLOAD_LIMIT from before the limit was lowered;
 *   UNRECOGNISED_FORMAT or FORMAT_NOT_ALLOWED for a cover, or one from before uploads were looked at.
 */
async function inputOf(c: Context<AppEnv>, deps: JobDeps, uploaded: Upload): Promise<InputFile> {
  const { location, fileName, startSeen } = uploaded;
  note(c, { sizeBytes: location.sizeBytes });
  const { upload } = deps.quotas.planOf(c.var.owner.id);
  if (location.sizeBytes > upload.limitBytes) throw tooLarge(upload);
  const refusal = startSeen === true ? undefined : await refusalIfSeen(deps, location);
  if (refusal !== undefined) throw refusal;
  return { input: location, fileName };
}
