/** Chunked uploads over HTTP: the upload engine's {@link Transport}. */

import { call, callForNothing } from '@wavefleet/client/call.ts';
import { Problem } from '@wavefleet/client/problem.ts';
import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { partAddressesSchema, type UploadView, uploadViewSchema } from '@wavefleet/contracts/uploads.ts';
import { putBytes } from './put-bytes.ts';
import type { FileToSend, Transport, UploadSession } from './transport.ts';

/** Name, size and date: what tells one file from another after a reload, without reading it. */
const fingerprintOf = (file: { name: string; size: number; lastModified: number }): string =>
  `${file.size}|${file.lastModified}|${file.name}`.slice(0, 512);

export class HttpTransport implements Transport {
  /** Set when this browser could not reach the storage itself: then parts go through the API. */
  #storageUnreachable = false;

  async open(file: FileToSend, signal: AbortSignal): Promise<UploadSession> {
    const body = { fileName: file.name, sizeBytes: file.size, fingerprint: fingerprintOf(file) };
    return sessionOf(await call(uploadViewSchema, '/api/uploads', { method: 'POST', body, signal }));
  }

  async look(fileId: string, signal: AbortSignal): Promise<UploadSession> {
    return sessionOf(await call(uploadViewSchema, `/api/uploads/${fileId}`, { signal }));
  }

  async send(
    session: UploadSession,
    part: number,
    bytes: Blob,
    onSent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const viaApi = `/api/uploads/${session.fileId}/parts/${part}`;
    const url = this.#storageUnreachable ? viaApi : await addressOf(session.fileId, part, signal);
    const isDirect = new URL(url, location.href).origin !== location.origin;
    try {
      await putBytes(url, bytes, onSent, signal);
    } catch (error) {
      const noWay = isDirect && error instanceof Problem && error.code === 'NETWORK';
      if (!noWay || signal.aborted) throw error;
      // Blocked, or not reachable from here. If it is the line that is down, this fails as well and is tried again.
      await putBytes(viaApi, bytes, onSent, signal);
      this.#storageUnreachable = true;
    }
  }

  async complete(session: UploadSession, signal: AbortSignal): Promise<void> {
    await call(uploadedSchema, `/api/uploads/${session.fileId}/complete`, { method: 'POST', signal });
  }

  async discard(fileId: string): Promise<void> {
    await callForNothing(`/api/uploads/${fileId}`, { method: 'DELETE' });
  }
}

/** An address is asked for just before its use, so that it cannot have expired during a pause. */
async function addressOf(fileId: string, part: number, signal: AbortSignal): Promise<string> {
  const ask = { method: 'POST', body: { partNumbers: [part] }, signal } as const;
  const { parts } = await call(partAddressesSchema, `/api/uploads/${fileId}/parts`, ask);
  const url = parts[0]?.url;
  if (url === undefined)
    throw new Problem('UNEXPECTED_ANSWER', 'The server gave no address for the upload. Try again.');
  return url;
}

function sessionOf(view: UploadView): UploadSession {
  return {
    fileId: view.fileId,
    partBytes: view.partSizeBytes,
    partCount: view.partCount,
    present: new Set(
      view.parts.map((part) => part.partNumber).filter((part) => !view.missing.includes(part)),
    ),
    receivedBytes: view.receivedBytes,
    complete: view.state === 'complete',
  };
}
