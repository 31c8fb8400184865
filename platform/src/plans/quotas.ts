/**
 * How much one owner may have by its plan: jobs that wait or run, open uploads, stored bytes, minutes in a month. What is
 * had at once is counted where it is taken in; what ended elsewhere is found out when an owner is at the limit, by a look at some of it, now and then.
 */
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { isGone } from '@wavefleet/contracts/uploads.ts';
import { nextMonth, usageListOf, usageMonthsOf } from '../jobs/usage.ts';
import type { HoldingRule } from '../limits/holdings.ts';
import type { Platform } from '../platform.ts';
import { RecentMap } from '../recent-map.ts';
import { type Plan, planOf } from '../settings/plans.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Nobody's job takes longer (TROUBLE_DEADLINE_MS, and a long file's own time). */
const JOB_FORGOTTEN_MS = 3 * DAY_MS;
/** The bucket's own rule has removed it by then. */
const UPLOAD_FORGOTTEN_MS = 61 * DAY_MS;
/** Records that one look reads, and the pause until the next one for the same owner. */
const LOOKED_AT = 40;
const LOOK_AGAIN_MS = 1_000;
/** A place is taken before its record is written: for so long one without is on its way, and not gone. */
const COMING_MS = 60_000;
const REMEMBERED_OWNERS = 10_000;
/** So long a sum of minutes is not read again. */
const USED_TRUST_MS = 3_000;

/** What a record says of a place: that it is still taken, that it is free. */
type Verdict = 'taken' | 'over' | 'no record';

type QuotaDeps = Pick<Platform, 'belongings' | 'config' | 'holdings' | 'jobs' | 'uploads' | 'usage'>;

/** One for the process. Nothing here throws for want of Redis. */
export class Quotas {
  readonly #deps: QuotaDeps;
  readonly #uploads: HoldingRule;
  /** Seconds of this month, by owner and month. */
  readonly #usedSeconds = new RecentMap<{ readonly seconds: number; readonly readAtMs: number }>(
    REMEMBERED_OWNERS,
  );
  /** The last look, by rule and owner: when it was (monotonic ms), and how many of the oldest have been looked at. */
  readonly #looks = new RecentMap<{ readonly atMs: number; readonly seen: number }>(REMEMBERED_OWNERS);

  constructor(deps: QuotaDeps) {
    const { MAX_OPEN_UPLOADS, UPLOAD_EXPIRY_HOURS } = deps.config;
    this.#deps = deps;
    this.#uploads = {
      name: 'uploads',
      limit: MAX_OPEN_UPLOADS,
      forgottenAfterMs: UPLOAD_EXPIRY_HOURS * HOUR_MS,
    };
  }

  /** What holds for an owner. */
  planOf(ownerId: string): Plan {
    return planOf(this.#deps.config, ownerId);
  }

  /**
   * Before a job is taken: what is begun goes through, however long it turns out to be. Counted is what has ended by now,
   * give or take some seconds. @throws Failure MINUTES_LIMIT with what is left and when it begins anew. SDK errors.
   */
  async admitMinutes(ownerId: string, now = Date.now()): Promise<void> {
    const minutes = await this.minutesOf(ownerId, now);
    if (minutes === undefined || minutes.used < minutes.limit) return;
    throw new Failure('MINUTES_LIMIT', { detail: minutes });
  }

  /** Undefined where they are not counted. @throws SDK errors. */
  async minutesOf(
    ownerId: string,
    now = Date.now(),
  ): Promise<{ limit: number; used: number; left: number; resetsAt: string } | undefined> {
    const { minutesPerMonth: limit } = this.planOf(ownerId);
    if (limit === undefined) return undefined;
    const at = new Date(now).toISOString();
    const key = usedKey(ownerId, now);
    let known = this.#usedSeconds.get(key);
    if (known === undefined || performance.now() - known.readAtMs > USED_TRUST_MS) {
      const readAtMs = performance.now();
      known = { seconds: await this.#deps.usage.of(ownerId, at), readAtMs };
      this.#usedSeconds.set(key, known);
    }
    const used = Math.round(known.seconds / 0.6) / 100;
    return { limit, used, left: Math.max(0, limit - used), resetsAt: nextMonth(now) };
  }

  /** What is held now, as far as it was counted; what is gone of the oldest is found out first. Never throws. */
  async heldBy(ownerId: string): Promise<{ readonly jobs: number; readonly bytes: number }> {
    const weigh = async (rule: HoldingRule, look: (member: string) => Promise<Verdict>) => {
      await this.#tidied(rule, ownerId, look);
      return await this.#deps.holdings.weight(rule, ownerId);
    };
    const [jobs, bytes] = await Promise.all([
      weigh(this.#jobs(ownerId), this.#ofJob),
      weigh(this.#bytes(ownerId), this.#ofBytes),
    ]);
    return { jobs, bytes };
  }

  /** Nothing is there of the owner any more, whatever was counted. */
  async forgetOwner(ownerId: string): Promise<void> {
    const rules = [this.#jobs(ownerId), this.#uploads, this.#bytes(ownerId)];
    await Promise.all(rules.map((rule) => this.#deps.holdings.releaseAll(rule, ownerId)));
  }

  /**
   * What `from` has and has used counts for `to`, beyond its limits too: to be called when everything of `from` has become
   * that of `to`. May break off and be repeated: nothing counts twice. @throws SDK errors.
   */
  async adopt(from: string, to: string, now = Date.now()): Promise<void> {
    const { holdings, belongings } = this.#deps;
    for (const rule of [this.#jobs(to), this.#uploads, this.#bytes(to)])
      await holdings.moveAll(rule, from, to);
    for (const month of usageMonthsOf(now))
      await belongings.move(usageListOf(from, month), usageListOf(to, month), { kinds: ['people'] });
    for (const owner of [from, to]) this.#usedSeconds.delete(usedKey(owner, now));
  }

  #jobs(ownerId: string): HoldingRule {
    return { name: 'jobs', limit: this.planOf(ownerId).activeJobs, forgottenAfterMs: JOB_FORGOTTEN_MS };
  }

  #bytes(ownerId: string): HoldingRule {
    return { name: 'bytes', limit: this.planOf(ownerId).storedBytes, forgottenAfterMs: UPLOAD_FORGOTTEN_MS };
  }

  /** Before a job is stored. @throws Failure JOBS_LIMIT. */
  async holdJob(ownerId: string, jobId: string): Promise<void> {
    const of = { ownerId, member: jobId, weight: 1 };
    await this.#hold(this.#jobs(ownerId), 'JOBS_LIMIT', of, this.#ofJob);
  }

  /** It was not stored, or has ended. */
  async releaseJob(ownerId: string, jobId: string): Promise<void> {
    await this.#deps.holdings.release(this.#jobs(ownerId), ownerId, [jobId]);
  }

  /** Before an upload in parts is begun. @throws Failure OPEN_UPLOADS_LIMIT, STORED_BYTES_LIMIT. */
  async openUpload(ownerId: string, fileId: string, sizeBytes: number): Promise<void> {
    const of = { ownerId, member: fileId, weight: 1 };
    await this.#hold(this.#uploads, 'OPEN_UPLOADS_LIMIT', of, this.#ofUpload);
    await this.holdBytes(ownerId, fileId, sizeBytes).catch(async (error: unknown) => {
      await this.closeUpload(ownerId, fileId);
      throw error;
    });
  }

  /** It is finished: its bytes stay. */
  async closeUpload(ownerId: string, fileId: string): Promise<void> {
    await this.#deps.holdings.release(this.#uploads, ownerId, [fileId]);
  }

  /** Before bytes are stored. @throws Failure STORED_BYTES_LIMIT. */
  async holdBytes(ownerId: string, fileId: string, sizeBytes: number): Promise<void> {
    const of = { ownerId, member: fileId, weight: sizeBytes };
    await this.#hold(this.#bytes(ownerId), 'STORED_BYTES_LIMIT', of, this.#ofBytes);
  }

  /** It is gone, or never came to be. */
  async forgetUpload(ownerId: string, fileId: string): Promise<void> {
    const { holdings } = this.#deps;
    await Promise.all(
      [this.#uploads, this.#bytes(ownerId)].map((rule) => holdings.release(rule, ownerId, [fileId])),
    );
  }

  readonly #ofJob = async (jobId: string): Promise<Verdict> => {
    const job = await this.#deps.jobs.get(jobId);
    if (job === undefined) return 'no record';
    return isTerminal(job.status) ? 'over' : 'taken';
  };

  /** Of one whose parts are still coming. */
  readonly #ofUpload = async (fileId: string): Promise<Verdict> => {
    const state = await this.#stateOf(fileId);
    return state === 'complete' ? 'over' : state;
  };

  readonly #ofBytes = async (fileId: string): Promise<Verdict> => {
    const state = await this.#stateOf(fileId);
    return state === 'complete' ? 'taken' : state;
  };

  async #hold(
    rule: HoldingRule,
    code: ErrorCode,
    of: { ownerId: string; member: string; weight: number },
    look: (member: string) => Promise<Verdict>,
  ): Promise<void> {
    const { holdings } = this.#deps;
    const { ownerId, member, weight } = of;
    if (await holdings.hold(rule, ownerId, member, weight)) return;
    if (await this.#tidied(rule, ownerId, look)) {
      if (await holdings.hold(rule, ownerId, member, weight)) return;
    }
    const used = await holdings.weight(rule, ownerId);
    throw new Failure(code, { detail: { limit: rule.limit, used, left: Math.max(0, rule.limit - used) } });
  }

  /**
   * Lets go of what is gone among some, the oldest first; the next look goes on behind them, since those that stay would hide
   * all others. Answers whether that was anything.
   */
  async #tidied(
    rule: HoldingRule,
    ownerId: string,
    look: (member: string) => Promise<Verdict>,
  ): Promise<boolean> {
    const key = `${rule.name} ${ownerId}`;
    const atMs = performance.now();
    const last = this.#looks.get(key);
    if (last !== undefined && atMs - last.atMs < LOOK_AGAIN_MS) return false;
    const { holdings } = this.#deps;
    let from = last?.seen ?? 0;
    // Who comes meanwhile does not look at the same ones.
    this.#looks.set(key, { atMs, seen: from });
    let some = await holdings.oldest(rule, ownerId, { from, count: LOOKED_AT });
    if (some.length === 0 && from > 0) {
      from = 0;
      some = await holdings.oldest(rule, ownerId, { from, count: LOOKED_AT });
    }
    const verdicts = await Promise.all(
      some.map(async ({ member, heldForMs }) => {
        // What cannot be read counts as there.
        const verdict = await look(member).catch(() => 'taken');
        const isGone = verdict === 'over' || (verdict === 'no record' && heldForMs > COMING_MS);
        return isGone ? member : [];
      }),
    );
    const gone = verdicts.flat();
    await holdings.release(rule, ownerId, gone);
    const isLast = some.length < LOOKED_AT;
    this.#looks.set(key, { atMs, seen: isLast ? 0 : from + some.length - gone.length });
    return gone.length > 0;
  }

  /**
   * Whosever it is by now: while one owner's become another's, the other one has it already and it still counts for the
   * first. @throws SDK errors.
   */
  async #stateOf(fileId: string): Promise<'complete' | Verdict> {
    const upload = await this.#deps.uploads.get(fileId);
    if (upload === undefined) return 'no record';
    if (isGone(upload)) return 'over';
    return upload.state === 'complete' ? 'complete' : 'taken';
  }
}

function usedKey(ownerId: string, now: number): string {
  return `${new Date(now).toISOString().slice(0, 7)} ${ownerId}`;
}
