/** Somebody with a cookie of their own: what they ask for belongs to them. */
import { randomBytes } from 'node:crypto';
import { submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import { cutOffWav } from './not-audio.ts';
import type { Stand } from './stand.ts';

/** A cookie as the page sets it, of an owner that nobody has been before. */
const newCookie = (): string => `wavefleet=${randomBytes(32).toString('base64url')}`;

/** What a browser sends with whatever its page asks for. @param cookie default: that of a new owner. */
export const browserHeaders = (cookie = newCookie()) => ({ cookie, 'sec-fetch-site': 'same-origin' });

/** @param cookie default: that of a new owner. */
export function callerOf(stand: Pick<Stand, 'request'>, cookie = newCookie()) {
  const request = (path: string, init: Parameters<Stand['request']>[1] = {}) =>
    stand.request(path, { ...init, headers: { ...browserHeaders(cookie), ...init.headers } });
  const post = (path: string, body: unknown) =>
    request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    cookie,
    request,
    post,
    /** An upload in one request: the file's id. */
    async upload(): Promise<string> {
      const response = await request('/api/upload-audio', { method: 'POST', body: cutOffWav });
      return uploadedSchema.parse(await response.json()).fileId;
    },
    /** The answer to the beginning of an upload in parts; {@link uploadOf} has its id. */
    begin: (sizeBytes = 5) => post('/api/uploads', { fileName: 'a.wav', sizeBytes }),
    /** The answer to a job; {@link jobOf} has its id. */
    submit: (fileId: string) => post('/api/jobs', { fileId, format: 'mp3' }),
  };
}

/** The id in the answer to a job. @throws ZodError where it was refused. */
export const jobOf = async (response: Response): Promise<string> =>
  submittedSchema.parse(await response.json()).jobId;

/** The id in the answer to the beginning of an upload. @throws ZodError where it was refused. */
export const uploadOf = async (response: Response): Promise<string> =>
  uploadViewSchema.parse(await response.json()).fileId;
