/** Single requests of users who take the answer as it is, and do not ask again. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Rig } from '../rig/rig.ts';

/** Orders a job of the clip. */
export async function orderOnce(rig: Rig, idempotencyKey: string = randomUUID()): Promise<Response> {
  return await fetch(`${rig.fleet.apiUrl}/api/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
    body: JSON.stringify({ fileId: rig.load.fileId, format: 'flac' }),
  });
}

/** Uploads the clip in one request. */
export async function uploadOnce(rig: Rig): Promise<Response> {
  const form = new FormData();
  form.set('file', new Blob([await readFile(rig.fleet.file('clip.wav'))]), 'clip.wav');
  return await fetch(`${rig.fleet.apiUrl}/api/upload-audio`, { method: 'POST', body: form });
}
