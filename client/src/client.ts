/** The client of one wavefleet server: every call of its HTTP interface, by topic. For browsers and for Node. */
import { AuthCalls } from './auth.ts';
import { JobCalls } from './jobs.ts';
import { KeyCalls } from './keys.ts';
import { PresetCalls } from './presets.ts';
import { ProgressCalls } from './progress.ts';
import { Requests } from './requests.ts';
import { ResultCalls } from './results.ts';
import { ServiceCalls } from './service.ts';
import { ShareCalls } from './shares.ts';
import { UploadCalls } from './uploads.ts';
import { WebhookCalls } from './webhooks.ts';

/** What may be set for all calls of a client. */
export interface ClientOptions {
  /** The longest wait for an answer, in ms. Default 20,000. Sending bytes gets time for its bytes on top. */
  readonly timeoutMs?: number;
  /** An API key, for programs: sent to the server alone, never to its storage. Default: none; a page has its cookie. */
  readonly token?: string | undefined;
  /** Asked when the server says 401: true, and the call is made once more. Default: the caller is told. */
  readonly renew?: (() => Promise<boolean>) | undefined;
}

/** All calls throw {@link Problem} when they fail, and the signal's reason when the caller aborted them. */
export class Client {
  readonly baseUrl: string;
  readonly uploads: UploadCalls;
  readonly jobs: JobCalls;
  readonly presets: PresetCalls;
  readonly progress: ProgressCalls;
  readonly results: ResultCalls;
  readonly keys: KeyCalls;
  readonly auth: AuthCalls;
  readonly service: ServiceCalls;
  readonly shares: ShareCalls;
  readonly webhooks: WebhookCalls;

  /**
   * @param baseUrl the server's address, such as `https://audio.example`. Default: the origin of the page.
   * @throws TypeError when that is no address.
   */
  constructor(baseUrl = '', { timeoutMs, token, renew }: ClientOptions = {}) {
    const requests = new Requests(baseUrl, timeoutMs, { token, renew });
    this.baseUrl = requests.baseUrl;
    this.uploads = new UploadCalls(requests);
    this.jobs = new JobCalls(requests);
    this.presets = new PresetCalls(requests);
    this.progress = new ProgressCalls(requests);
    this.results = new ResultCalls(requests);
    this.keys = new KeyCalls(requests);
    this.auth = new AuthCalls(requests);
    this.service = new ServiceCalls(requests);
    this.shares = new ShareCalls(requests);
    this.webhooks = new WebhookCalls(requests);
  }
}
