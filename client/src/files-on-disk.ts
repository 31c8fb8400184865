/** Files from and to the disk. For Node: pages take their files from the browser. */
import { constants, createWriteStream, openAsBlob } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Uploaded } from '@wavefleet/contracts/http.ts';
import type { Client } from './client.ts';
import { noAnswer } from './problem.ts';
import type { CallOptions } from './requests.ts';

/**
 * Sends a file in one request, streamed from the disk, under its own name.
 * @throws Problem; the file system's error when it cannot be read.
 */
export async function uploadFile(client: Client, path: string, options?: CallOptions): Promise<Uploaded> {
  await access(path, constants.R_OK); // of a missing file the next line says nothing useful
  return await client.uploads.send(await openAsBlob(path), { ...options, fileName: basename(path) });
}

/**
 * Writes a result to `path`, streamed. The file appears under that name when all of it is there.
 * @throws Problem; the file system's error when it cannot be written.
 */
export async function saveResult(
  client: Client,
  jobId: string,
  path: string,
  options?: CallOptions,
): Promise<void> {
  const { body } = await client.results.download(jobId, options);
  if (body === null) throw noAnswer();
  const unfinished = `${path}.part`;
  try {
    await pipeline(Readable.fromWeb(body), createWriteStream(unfinished));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    options?.signal?.throwIfAborted();
    // What fetch throws when the line breaks in the middle of a body; the file system's errors are no TypeErrors.
    throw error instanceof TypeError ? noAnswer(error) : error;
  }
}
