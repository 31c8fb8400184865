/** What conversions made, over HTTP. */
import { type DownloadLink, downloadLinkSchema } from '@wavefleet/contracts/http.ts';
import { type CallOptions, path, type Requests } from './requests.ts';

/** `client.results`. */
export class ResultCalls {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /**
   * The file, as the server streams it; Node writes it to disk with `saveResult` of `files-on-disk.ts`.
   * @param options.range one range of bytes, such as `bytes=0-1023`. Default: all.
   * @throws Problem JOB_NOT_READY, JOB_FAILED, OUTPUT_DELETED, OUTPUT_EXPIRED, RANGE_INVALID.
   */
  download(jobId: string, { range, ...options }: CallOptions & { range?: string } = {}): Promise<Response> {
    return this.#requests.open(path`/api/download?jobId=${jobId}`, { ...options, headers: { Range: range } });
  }

  /** Whether the file can be downloaded now: asks for its first byte. @throws Problem as {@link download}. */
  async check(jobId: string, options?: CallOptions): Promise<void> {
    const answer = await this.download(jobId, { ...options, range: 'bytes=0-0' });
    await answer.body?.cancel();
  }

  /** A link to the file that works without credentials for a while. @throws Problem as {@link download}. */
  link(jobId: string, options?: CallOptions): Promise<DownloadLink> {
    return this.#requests.json(downloadLinkSchema, path`/api/download?jobId=${jobId}&mode=url`, options);
  }
}
