/**
 * Who is at which segment, as the worker sees it that joins them. What is not known costs work that is done twice, so nothing
 * in here fails a job.
 */
import type { Gathering } from '@wavefleet/audio/segment-keeper.ts';
import type { SegmentMark, Segments } from '@wavefleet/contracts/job.ts';
import { every } from '@wavefleet/platform/every.ts';
import type { SegmentTask } from '@wavefleet/platform/jobs/segments.ts';
import type { JobContext } from '../context.ts';

/** How often the record is looked at. */
export const LOOK_MS = 1_000;

/** What of the gathering it needs. */
type Gathered = Pick<Gathering, 'plan' | 'kept' | 'canBeHelped' | 'note'>;

export class SegmentBoard {
  readonly #context: JobContext;
  readonly #gathering: Gathered;
  #segments: Segments;
  readonly #stop: () => Promise<void>;

  private constructor(context: JobContext, gathering: Gathered, segments: Segments) {
    this.#context = context;
    this.#gathering = gathering;
    this.#segments = segments;
    this.#stop = every({ everyMs: LOOK_MS }, () => this.look(), this.#failed);
  }

  /**
   * Offers the segments to others. After a crash it withdraws them instead: should it be the file that kills, it takes
   * nobody along. Undefined where nobody has helped, and nobody may.
   */
  static async open(context: JobContext, gathering: Gathered): Promise<SegmentBoard | undefined> {
    const { job, claim, platform, log } = context;
    const { plan, kept, canBeHelped } = gathering;
    // The claim itself has counted one crash.
    const isOffered = canBeHelped && job.crashes <= 1 && job.options.splitByChapter !== true;
    if (!isOffered && job.segments === undefined) return undefined;
    const offer = { plan, count: isOffered ? kept.length : 0 };
    try {
      await context.commit(() => platform.segments.offer(claim, offer, job.segments));
    } catch (error) {
      log.say('segment.unknown', { err: error });
      return undefined;
    }
    const taken = job.segments?.plan === plan ? job.segments.taken : {};
    return new SegmentBoard(context, gathering, { ...offer, taken });
  }

  /** Whether another worker is at it. */
  isHelped(index: number): boolean {
    return this.#context.platform.segments.isHelped(this.#markOf(index));
  }

  /** Of each segment that another worker is at, which part it has made. */
  helped(): number[] {
    const marks = Object.values(this.#segments.taken);
    return marks.filter((mark) => this.#context.platform.segments.isHelped(mark)).map(({ part }) => part);
  }

  /** Whether somebody else has had it, and may have stored it. */
  wasHelped(index: number): boolean {
    return this.#markOf(index)?.as === 'helps';
  }

  /** Takes it, so that nobody else does. Answers false where somebody has been faster. */
  async take(index: number): Promise<boolean> {
    const { platform } = this.#context;
    const take = () => platform.segments.take(this.#taskOf(index), 0, this.#markOf(index));
    if ((await take().catch(this.#failed)) !== false) return true;
    await this.look().catch(this.#failed);
    return !this.isHelped(index) && !this.wasHelped(index);
  }

  /** It was made and stored. */
  async stored(index: number): Promise<void> {
    await this.#context.platform.segments.end(this.#taskOf(index), 'stored').catch(this.#failed);
  }

  /** Calls for one helper more. Who comes calls for the next one. */
  async invite(): Promise<void> {
    const { job, platform, signal, claim } = this.#context;
    const lease = { owner: claim.owner, until: 0 };
    const seen = { segments: this.#segments, lease, crashes: job.crashes };
    if (platform.segments.free(seen).length === 0) return;
    await platform.queue.invite(job, signal).catch(this.#failed);
  }

  /** Looks at the record, and tells how far others are. @throws SDK errors. */
  async look(): Promise<void> {
    const { job, platform } = this.#context;
    const { segments } = (await platform.transitions.look(job.jobId)) ?? {};
    if (segments?.plan !== this.#segments.plan) return;
    this.#segments = segments;
    for (const index of this.#gathering.kept.keys()) {
      if (this.isHelped(index)) this.#gathering.note(index, this.#markOf(index)?.part ?? 0);
    }
  }

  /** Nobody shall begin to help any more: the result is made in another way. */
  async withdraw(): Promise<void> {
    const { claim, platform } = this.#context;
    const offer = { plan: this.#segments.plan, count: 0 };
    await platform.segments.offer(claim, offer, this.#segments).catch(this.#failed);
  }

  /** Nobody looks any more. */
  async close(): Promise<void> {
    await this.#stop();
  }

  #markOf(index: number): SegmentMark | undefined {
    return this.#segments.taken[index];
  }

  #taskOf(index: number): SegmentTask {
    const { jobId, owner } = this.#context.claim;
    return { jobId, plan: this.#segments.plan, index, owner, as: 'joins' };
  }

  readonly #failed = (error: unknown): undefined => {
    if (!this.#context.signal.aborted) this.#context.log.say('segment.unknown', { err: error });
  };
}
