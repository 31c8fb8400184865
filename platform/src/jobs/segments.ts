/**
 * Who makes which segment of a very long result: small leases in the job's own item, each taken, held and given back by one
 * conditional update. They save work from being done twice, and nothing else hangs on them: two who make the same segment
 * store the same one. See `docs/decisions/018-segments-of-very-long-results.md`.
 */
import type { Job, SegmentMark, Segments } from '@wavefleet/contracts/job.ts';
import { STATUS, updateJob } from './change.ts';
import type { Claim, RecordAccess } from './claim.ts';

/** A segment that somebody has taken. */
export interface SegmentTask {
  readonly jobId: string;
  readonly plan: string;
  readonly index: number;
  readonly owner: string;
  readonly as: SegmentMark['as'];
}

/** Segments that helpers have died over or failed at, until the job is helped with no more: it may be the file. */
const MOST_LOST = 2;
const SEGMENTS = { ...STATUS, '#segments': 'segments', '#owner': 'owner' };
const NAMES = { ...SEGMENTS, '#plan': 'plan', '#taken': 'taken' };
const MINE = '#status = :processing AND #segments.#plan = :plan AND #segments.#taken.#index.#owner = :owner';

/** What of a job decides whether it is helped with. */
type Helped = Pick<Job, 'segments' | 'lease' | 'crashes'>;

export class JobSegments {
  readonly #access: RecordAccess;
  readonly #skewMs: number;

  /** @param skewMs how far the clocks of two workers may be apart. */
  constructor(access: RecordAccess, skewMs: number) {
    this.#access = access;
    this.#skewMs = skewMs;
  }

  /**
   * The job's holder says how many segments others may help with, 0 for none any more. What is known of segments of the
   * same plan stays. Answers false when the claim was lost.
   */
  async offer(claim: Claim, { plan, count }: Omit<Segments, 'taken'>, known: Segments | undefined) {
    const isKnown = known?.plan === plan;
    return await this.#update(claim.jobId, {
      set: isKnown ? '#segments.#count = :count' : '#segments = :segments',
      condition: 'attempt = :attempt AND #status = :processing AND #lease.#owner = :owner',
      names: {
        ...SEGMENTS,
        '#lease': 'lease',
        ...(isKnown ? { '#count': 'count' } : {}),
      },
      values: {
        ...(isKnown ? { ':count': count } : { ':segments': { plan, count, taken: {} } }),
        ':attempt': claim.attempt,
        ':owner': claim.owner,
      },
    });
  }

  /** Takes a segment from whoever had it by what is known. Answers false when somebody was faster, or the job is over. */
  async take(task: SegmentTask, leaseMs: number, former: SegmentMark | undefined): Promise<boolean> {
    const mark: SegmentMark = { owner: task.owner, as: task.as, until: Date.now() + leaseMs, part: 0 };
    return await this.#update(task.jobId, {
      set: '#segments.#taken.#index = :mark',
      // A lost answer: then it is taken by this very call.
      condition:
        '#status = :processing AND #segments.#plan = :plan AND (attribute_not_exists(#segments.#taken.#index) OR #segments.#taken.#index.#owner IN (:owner, :former))',
      names: { ...NAMES, '#index': String(task.index) },
      values: {
        ':mark': mark,
        ':plan': task.plan,
        ':owner': task.owner,
        ':former': former?.owner ?? task.owner,
      },
    });
  }

  /** Answers false when the segment is somebody else's, or the job is over: who helps has to stop then. */
  async beat(task: SegmentTask, leaseMs: number, part: number): Promise<boolean> {
    return await this.#mine(task, {
      set: '#segments.#taken.#index.#until = :until, #segments.#taken.#index.#part = :part',
      names: { '#until': 'until', '#part': 'part' },
      values: { ':until': Date.now() + leaseMs, ':part': part },
    });
  }

  /** Says how it ended; without an end it is free again, as if nobody had had it. */
  async end(task: SegmentTask, end: SegmentMark['end']): Promise<boolean> {
    if (end === undefined) return await this.#mine(task, { remove: '#segments.#taken.#index', values: {} });
    const mark = { owner: task.owner, as: task.as, until: 0, part: 1, end } satisfies SegmentMark;
    return await this.#mine(task, { set: '#segments.#taken.#index = :mark', values: { ':mark': mark } });
  }

  /** Segments that somebody may help with now, in their order: so whoever joins can do so while others are made. */
  free({ segments, lease, crashes }: Helped, now = Date.now()): number[] {
    // Whoever is at no job has no lease of it.
    if (segments === undefined || lease === undefined) return [];
    // The claim at work has counted one. After another it may be the file that kills, whoever has not withdrawn it yet.
    if (crashes > 1) return [];
    const marks = Object.values(segments.taken);
    const helped = marks.filter(({ as }) => as === 'helps');
    if (helped.filter((mark) => this.#isLost(mark, now)).length >= MOST_LOST) return [];
    // Until a segment is made nobody knows that the file does not kill: it is not to take a whole fleet in one second.
    const isTried = marks.some(({ end }) => end === 'stored');
    if (!isTried && helped.length >= MOST_LOST) return [];
    const isFree = (index: number): boolean => {
      const mark = segments.taken[index];
      if (mark === undefined) return true;
      return mark.as === 'joins' && mark.end === undefined && mark.owner !== lease.owner;
    };
    return Array.from({ length: segments.count }, (_, index) => index).filter(isFree);
  }

  /** Whether another worker is at it, for whoever joins. */
  isHelped(mark: SegmentMark | undefined, now = Date.now()): boolean {
    return mark?.as === 'helps' && mark.end === undefined && !this.#isLost(mark, now);
  }

  #isLost({ end, until }: SegmentMark, now: number): boolean {
    return end === 'failed' || (end === undefined && until + this.#skewMs < now);
  }

  async #mine(task: SegmentTask, change: Omit<Parameters<typeof updateJob>[3], 'condition'>) {
    return await this.#update(task.jobId, {
      ...change,
      condition: MINE,
      names: { ...NAMES, '#index': String(task.index), ...change.names },
      values: { ...change.values, ':plan': task.plan, ':owner': task.owner },
    });
  }

  async #update(jobId: string, change: Parameters<typeof updateJob>[3]): Promise<boolean> {
    const values = { ...change.values, ':processing': 'processing' };
    const { dynamo, table } = this.#access;
    return (await updateJob(dynamo, table, jobId, { ...change, touches: false, values })) !== undefined;
  }
}
