/** Uploads over HTTP, whole or in parts: the upload engine's {@link Transport}. */
import { Problem } from '@wavefleet/client/problem.ts';
import type { UploadCalls } from '@wavefleet/client/uploads.ts';
import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { type UploadView, USUAL_PART_BYTES } from '@wavefleet/contracts/uploads.ts';
import { lookAtStart } from './look-at-start.ts';
import { sendBytes } from './send-bytes.ts';
import type { FileToSend, Transport, UploadSession } from './transport.ts';

/** Name, size and date: what tells one file from another after a reload, without reading it. */
const fingerprintOf = (file: { name: string; size: number; lastModified: number }): string =>
  `${file.size}|${file.lastModified}|${file.name}`.slice(0, 512);

/** Sends bytes by XMLHttpRequest, which tells how much has left; the rest is the client's. */
export class HttpTransport implements Transport {
  readonly wholeBytes = USUAL_PART_BYTES;
  readonly #uploads: UploadCalls;
  /** Set when this browser could not reach the storage itself: then parts go through the API. */
  #storageUnreachable = false;

  constructor(uploads: UploadCalls) {
    this.#uploads = uploads;
  }

  async open(file: FileToSend, signal: AbortSignal): Promise<UploadSession> {
    await lookAtStart(file);
    const body = { fileName: file.name, sizeBytes: file.size, fingerprint: fingerprintOf(file) };
    return sessionOf(await this.#uploads.begin(body, { signal }));
  }

  async look(fileId: string, signal: AbortSignal): Promise<UploadSession> {
    return sessionOf(await this.#uploads.get(fileId, { signal }));
  }

  async send(
    session: UploadSession,
    part: number,
    bytes: Blob,
    onSent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const viaApi = this.#uploads.partUrl(session.fileId, part);
    const url = this.#storageUnreachable ? viaApi : await this.#addressOf(session.fileId, part, signal);
    const isDirect = new URL(url, location.href).origin !== location.origin;
    try {
      await sendBytes({ method: 'PUT', url }, bytes, onSent, signal);
    } catch (error) {
      const noWay = isDirect && error instanceof Problem && error.code === 'NETWORK';
      if (!noWay || signal.aborted) throw error;
      // Blocked, or not reachable from here. If it is the line that is down, this fails as well and is tried again.
      await sendBytes({ method: 'PUT', url: viaApi }, bytes, onSent, signal);
      this.#storageUnreachable = true;
    }
  }

  async sendWhole(file: FileToSend, onSent: (bytes: number) => void, signal: AbortSignal): Promise<string> {
    await lookAtStart(file);
    const answer = await sendBytes(this.#uploads.whole(file.name), file.slice(0, file.size), onSent, signal);
    return uploadedSchema.parse(JSON.parse(answer)).fileId;
  }

  async complete(session: UploadSession, signal: AbortSignal): Promise<void> {
    await this.#uploads.complete(session.fileId, { signal });
  }

  async discard(fileId: string): Promise<void> {
    await this.#uploads.remove(fileId);
  }

  /** An address is asked for just before its use, so that it cannot have expired during a pause. */
  async #addressOf(fileId: string, part: number, signal: AbortSignal): Promise<string> {
    const { parts } = await this.#uploads.partAddresses(fileId, [part], { signal });
    const url = parts[0]?.url;
    if (url === undefined)
      throw new Problem('UNEXPECTED_ANSWER', 'The server gave no address for the upload. Try again.');
    return url;
  }
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
