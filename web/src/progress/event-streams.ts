/** Server-sent progress events, within the number of connections that a browser has for one server. */
import { heardProgressSchema, type ProgressView } from '@wavefleet/contracts/progress.ts';

/** The first event is a snapshot and comes at once. A proxy that collects events would keep it. */
const FIRST_EVENT_MS = 4_000;

/** Hands out streams as long as there are places. */
export class EventStreams {
  #places: number;

  readonly #urlOf: (jobId: string) => string;

  /**
   * @param urlOf the address of a job's stream.
   * @param places streams at once. Default 2: browsers open six connections to an HTTP/1.1 server, three may be
   * uploads, and one is for everything else.
   */
  constructor(urlOf: (jobId: string) => string, places = 2) {
    this.#urlOf = urlOf;
    this.#places = places;
  }

  /** Undefined when there is no place for another stream. `onBroken` is called at most once, and not after closing. */
  open(jobId: string, onView: (view: ProgressView) => void, onBroken: () => void): (() => void) | undefined {
    if (this.#places === 0) return undefined;
    this.#places -= 1;
    const source = new EventSource(this.#urlOf(jobId));
    let closed = false;
    const close = () => {
      if (closed) return;
      closed = true;
      this.#places += 1;
      clearTimeout(impatience);
      source.close();
    };
    const fail = () => {
      if (closed) return;
      close();
      onBroken();
    };
    const impatience = setTimeout(fail, FIRST_EVENT_MS);
    source.addEventListener('error', fail);
    source.addEventListener('progress', (event: MessageEvent<string>) => {
      clearTimeout(impatience);
      const parsed = heardProgressSchema.safeParse(JSON.parse(event.data));
      if (parsed.success) onView(parsed.data);
      else fail();
    });
    return close;
  }
}
