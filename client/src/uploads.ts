/** Uploads over HTTP: in one request, or in parts that survive a broken line. */
import { type Uploaded, uploadedSchema } from '@wavefleet/contracts/http.ts';
import {
  type createUploadBodySchema,
  type PartAddresses,
  partAddressesSchema,
  type UploadView,
  uploadViewSchema,
} from '@wavefleet/contracts/uploads.ts';
import type { z } from 'zod';
import { Problem } from './problem.ts';
import { type CallOptions, path, type Requests } from './requests.ts';

/** A file to be uploaded in parts. `fingerprint` is given back unchanged, so that the file is known again. */
export type UploadBody = z.infer<typeof createUploadBodySchema>;

const WHOLE_FILE = '/api/upload-audio';

/** `client.uploads`. */
export class UploadCalls {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /**
   * Sends a whole file in one request. A Blob of a file is streamed, not read into memory.
   * @param options.fileName for display only.
   * @throws Problem REQUEST_TOO_LARGE for what goes in parts alone, PLAN_UPLOAD_LIMIT, UPLOAD_TOO_LARGE, EMPTY_FILE.
   */
  send(bytes: Blob, { fileName, ...options }: CallOptions & { fileName: string }): Promise<Uploaded> {
    const { method, headers } = this.whole(fileName);
    return this.#requests.json(uploadedSchema, WHOLE_FILE, { ...options, method, bytes, headers });
  }

  /** The request that {@link UploadCalls.send} makes, for who sends the bytes by other means. Answers an `Uploaded`. */
  whole(fileName: string) {
    const headers = {
      'Content-Type': 'application/octet-stream',
      'X-File-Name': encodeURIComponent(fileName.toWellFormed()),
    };
    return { method: 'POST', url: this.#requests.url(WHOLE_FILE), headers } as const;
  }

  /**
   * Sends a picture whose `fileId` jobs may name as `options.setCover`.
   * @throws Problem COVER_NOT_RECOGNISED for what is no JPEG or PNG, UPLOAD_TOO_LARGE, EMPTY_FILE.
   */
  sendCover(bytes: Blob, options?: CallOptions): Promise<Uploaded> {
    const headers = { 'Content-Type': 'application/octet-stream' };
    return this.#requests.json(uploadedSchema, '/api/upload-cover', {
      ...options,
      method: 'POST',
      bytes,
      headers,
    });
  }

  /** Begins an upload in parts. @throws Problem UPLOAD_TOO_LARGE, PLAN_UPLOAD_LIMIT, EMPTY_FILE. */
  begin(file: UploadBody, options?: CallOptions): Promise<UploadView> {
    return this.#requests.json(uploadViewSchema, '/api/uploads', { ...options, method: 'POST', json: file });
  }

  /** How far an upload is. @throws Problem UPLOAD_NOT_FOUND when the server has forgotten it. */
  get(fileId: string, options?: CallOptions): Promise<UploadView> {
    return this.#requests.json(uploadViewSchema, path`/api/uploads/${fileId}`, options);
  }

  /** Where to send parts to; ask shortly before, the addresses expire. */
  partAddresses(fileId: string, partNumbers: number[], options?: CallOptions): Promise<PartAddresses> {
    const ask = { ...options, method: 'POST', json: { partNumbers } } as const;
    return this.#requests.json(partAddressesSchema, path`/api/uploads/${fileId}/parts`, ask);
  }

  /** The address of a part that goes through the API, whatever the server prefers. */
  partUrl(fileId: string, partNumber: number): string {
    return this.#requests.url(path`/api/uploads/${fileId}/parts/${partNumber}`);
  }

  /** Sends one part to its address. Sent again, it replaces the former one. @throws Problem as {@link partRefusal} says. */
  async sendPart(url: string, bytes: Blob, options?: CallOptions): Promise<void> {
    const ask = { ...options, method: 'PUT', bytes } as const;
    await this.#requests.done(url, ask).catch((error: unknown) => {
      throw error instanceof Problem ? partRefusal(error) : error;
    });
  }

  /** Puts the parts together. May be repeated. @throws Problem UPLOAD_INCOMPLETE. */
  complete(fileId: string, options?: CallOptions): Promise<Uploaded> {
    const ask = { ...options, method: 'POST' } as const;
    return this.#requests.json(uploadedSchema, path`/api/uploads/${fileId}/complete`, ask);
  }

  /** Gives an unfinished upload up, or deletes a finished one. @throws Problem JOB_ACTIVE while a job reads it. */
  async remove(fileId: string, options?: CallOptions): Promise<void> {
    await this.#requests.done(path`/api/uploads/${fileId}`, { ...options, method: 'DELETE' });
  }
}

/**
 * Why a part was not taken. S3's own words are no error bodies of ours: 403 for an address that has expired, 400 for a
 * session that has and for a line that was too slow, 404 for an upload that is joined or gone. Those become
 * ADDRESS_EXPIRED, retryable: the next try looks at the upload and asks for a fresh address.
 */
export function partRefusal(problem: Problem): Problem {
  const { code, status } = problem;
  if (code !== 'UNEXPECTED_ANSWER' || ![400, 403, 404].includes(status)) return problem;
  return new Problem('ADDRESS_EXPIRED', 'The storage refused the upload for now. Try again.', {
    status,
    retryable: true,
    cause: problem,
  });
}
