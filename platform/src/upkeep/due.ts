/** Going through the reminders that are due, shard by shard. */
import type { DueJob, JobStore } from '../jobs/store.ts';
import { isTrouble } from './trouble.ts';

/** How one pass looks. */
export interface Look {
  /** Epoch ms up to which reminders count as due; later than now when the queue is known to be lost. Default: now. */
  readonly horizonMs?: number | undefined;
  /** Reminders in one query. Default 100. */
  readonly pageSize?: number | undefined;
  /** Asked before each job: true ends the pass. Default: never. */
  readonly stopped?: (() => boolean) | undefined;
}

/** Shards that are gone through side by side. */
const SIDE_BY_SIDE = 4;
/** So many failures in a row are an outage: the pass ends, and the next one tries again. */
const OUTAGE = 3;
/** After so many reminders that another process took first, the shard is left to it. */
const CROWD = 5;

/** `acted`: something was done. `lost`: another process was faster. */
export type Act = 'acted' | 'lost';

/**
 * Does `act` for every reminder of these shards that is due, each once, oldest first.
 * @param todo.failed is told what `act` threw; the reminder comes back by itself.
 * @returns how often `act` acted.
 * @throws SDK errors of the queries.
 */
export async function forEachDue(
  jobs: Pick<JobStore, 'due'>,
  shards: readonly number[],
  { horizonMs = Date.now(), pageSize = 100, stopped = () => false }: Look,
  todo: {
    readonly act: (due: DueJob) => Promise<Act>;
    readonly failed: (due: DueJob, error: unknown) => void;
  },
): Promise<number> {
  let acted = 0;
  let failures = 0;
  const open = [...shards];
  const isOver = () => stopped() || failures >= OUTAGE;
  const goThrough = async (shard: number) => {
    let lost = 0;
    for await (const due of dueIn(jobs, shard, horizonMs, pageSize)) {
      if (isOver() || lost >= CROWD) return;
      try {
        if ((await todo.act(due)) === 'acted') acted += 1;
        else lost += 1;
        failures = 0;
      } catch (error) {
        if (isTrouble(error)) failures += 1;
        todo.failed(due, error);
      }
    }
  };
  const lane = async () => {
    for (let shard = open.pop(); shard !== undefined && !isOver(); shard = open.pop()) await goThrough(shard);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  return acted;
}

/** Page after page: what was acted on has a later reminder by then, and new ones come to the front. */
async function* dueIn(
  jobs: Pick<JobStore, 'due'>,
  shard: number,
  horizonMs: number,
  pageSize: number,
): AsyncGenerator<DueJob> {
  const seen = new Set<string>();
  for (;;) {
    const page = await jobs.due(shard, horizonMs, pageSize);
    // The index is some milliseconds behind the table.
    const fresh = page.filter(({ jobId }) => !seen.has(jobId));
    for (const due of fresh) {
      seen.add(due.jobId);
      yield due;
    }
    if (page.length < pageSize || fresh.length === 0) return;
  }
}
