/** Removing uploads and jobs: what breaks off can be repeated, and nothing goes from under a job that is on its way. */
import { submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { MAX_JOBS_OF_UPLOAD, uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FaultProxy } from '../bring-up/proxy/fault-proxy.ts';
import { Stand } from '../bring-up/stand.ts';
import { begunUploads } from '../bring-up/stored-uploads.ts';
import { refusal, UNKNOWN_ID } from './refusal.ts';

let api: Stand;
let s3: FaultProxy;
beforeAll(async () => {
  api = await Stand.start();
  s3 = new FaultProxy(api.services.url);
  await api.restartApi({ AWS_ENDPOINT_URL: await s3.door('api') });
});
afterAll(async () => {
  await api.stop();
  await s3.stop();
});
beforeEach(() => s3.forget());

const DELETES = /^POST .*[?&]delete/;
const ABORTS = /^DELETE .*uploadId/;
/** S3 refuses these calls from now on, but for the first ones, for a reason that is not tried again. */
function refuse(which: RegExp, first = 0): void {
  let passed = 0;
  s3.inject({
    hits: ({ method, path }) => which.test(`${method} ${path}`) && ++passed > first,
    effect: { kind: 'error', status: 403, code: 'AccessDenied' },
  });
}
const remove = (path: string) => api.request(path, { method: 'DELETE' });
const cleanUp = (body: object) => api.postJson('/api/cleanup', body);
const stored = (prefix: string) => api.platform.objects.list(prefix);
const submit = (fileId: string) => api.postJson('/api/jobs', { fileId, format: 'mp3' });

describe('a removal that S3 refuses', () => {
  test('of an upload: it can be used no more, and the removal is repeated until the bytes are gone', async () => {
    const fileId = await api.byHand.upload();
    refuse(DELETES);
    expect((await remove(`/api/uploads/${fileId}`)).status).toBe(403);
    expect(await stored(`uploads/${fileId}`)).toHaveLength(1);
    expect(await refusal(await api.request(`/api/uploads/${fileId}`))).toBe('404 UPLOAD_NOT_FOUND');
    expect(await refusal(await submit(fileId))).toBe('404 UPLOAD_NOT_FOUND');
    expect((await cleanUp({ fileId })).status).toBe(403);

    s3.forget();
    expect((await remove(`/api/uploads/${fileId}`)).status).toBe(204);
    expect(await stored(`uploads/${fileId}`)).toEqual([]);
    expect(await refusal(await remove(`/api/uploads/${fileId}`))).toBe('404 UPLOAD_NOT_FOUND');
  });

  test('of an upload in parts', async () => {
    const begun = await api.postJson('/api/uploads', { fileName: 'a.wav', sizeBytes: 9 });
    const { fileId } = uploadViewSchema.parse(await begun.json());
    refuse(ABORTS);
    expect((await remove(`/api/uploads/${fileId}`)).status).toBe(403);
    expect(await begunUploads(api.platform)).toHaveLength(1);
    expect(await refusal(await api.request(`/api/uploads/${fileId}/complete`, { method: 'POST' }))).toBe(
      '404 UPLOAD_NOT_FOUND',
    );

    s3.forget();
    expect((await remove(`/api/uploads/${fileId}`)).status).toBe(204);
    expect(await begunUploads(api.platform)).toEqual([]);
  });

  test('of a job: its record stays, and the removal is repeated until result and upload are gone', async () => {
    const fileId = await api.byHand.upload();
    const jobId = await api.byHand.job(fileId);
    await api.byHand.complete(await api.byHand.claim(jobId), Buffer.from('result'));
    // The first deletion is that of the result, the second one that of the upload.
    refuse(DELETES, 1);
    expect((await remove(`/api/jobs/${jobId}`)).status).toBe(403);
    expect(await stored(`uploads/${fileId}`)).toHaveLength(1);

    s3.forget();
    expect((await remove(`/api/jobs/${jobId}`)).status).toBe(204);
    expect([...(await stored(`uploads/${fileId}`)), ...(await stored(`conversions/${jobId}`))]).toEqual([]);
    expect(await refusal(await api.request(`/api/jobs/${jobId}`))).toBe('404 JOB_NOT_FOUND');
  });
});

describe('a job that is tied to its upload and has no record yet', () => {
  test('keeps the upload, whoever cleans up', async () => {
    const fileId = await api.byHand.upload();
    await api.platform.uploads.ties.link(fileId, UNKNOWN_ID);
    expect(await refusal(await remove(`/api/uploads/${fileId}`))).toBe('409 JOB_ACTIVE');
    expect(await refusal(await cleanUp({ fileId }))).toBe('409 JOB_ACTIVE');
    expect(await stored(`uploads/${fileId}`)).toHaveLength(1);
  });

  test('after minutes it will have none', async () => {
    const fileId = await api.byHand.upload();
    const { uploads } = api.platform;
    await uploads.ties.link(fileId, UNKNOWN_ID);
    const linked = await uploads.getOwned(fileId, 'anonymous');
    await uploads.create({ ...linked, linkedAt: Date.now() - 301_000 });
    expect((await remove(`/api/uploads/${fileId}`)).status).toBe(204);
  });
});

test('a job that is refused when it is tied to its files already lets go of them', async () => {
  const body = new Uint8Array([0xff, 0xd8, 0xff, 0xe0]);
  const sent = await api.request('/api/upload-cover', { method: 'POST', body });
  const cover = uploadedSchema.parse(await sent.json()).fileId;
  // A picture is no sound.
  expect(await refusal(await submit(cover))).toBe('400 UNRECOGNISED_FORMAT');
  expect(await api.platform.uploads.getOwned(cover, 'anonymous')).not.toHaveProperty('jobs');
  expect((await remove(`/api/uploads/${cover}`)).status).toBe(204);
});

test('an upload takes as many jobs as there may be, and then says so; a job that is gone makes room', async () => {
  const fileId = await api.byHand.upload();
  const { uploads } = api.platform;
  const jobId = await api.byHand.job(fileId);
  const upload = await uploads.getOwned(fileId, 'anonymous');
  const others = Array.from({ length: MAX_JOBS_OF_UPLOAD - 1 }, (_, index) => `job-${index}`);
  await uploads.create({ ...upload, jobs: new Set([jobId, ...others]) });
  expect(await refusal(await submit(fileId))).toBe('409 UPLOAD_JOBS_LIMIT');
  expect((await uploads.getOwned(fileId, 'anonymous')).jobs?.size).toBe(MAX_JOBS_OF_UPLOAD);
  // Once more changes nothing, and is no error.
  await uploads.ties.link(fileId, jobId);

  await api.byHand.fail(await api.byHand.claim(jobId));
  expect((await remove(`/api/jobs/${jobId}`)).status).toBe(204);
  const response = await submit(fileId);
  expect(response.status).toBe(202);
  submittedSchema.parse(await response.json());
});
