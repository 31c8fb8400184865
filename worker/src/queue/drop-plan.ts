/**
 * What the plan of a drop's owner says of it. Only what a plan says itself counts: the limits for everybody are those of
 * who asks over HTTP, and operators who drop a whole archive have none.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { ownPlanOf } from '@wavefleet/platform/settings/plans.ts';

/** A drop as its plan looks at it. */
interface PlannedDrop {
  readonly jobId: string;
  readonly ownerId: string;
  readonly sizeBytes: number;
}

/** One for the process. */
export class DropPlans {
  readonly #platform: Platform;
  readonly #quotas: Quotas;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#quotas = new Quotas(platform);
  }

  /**
   * Before its job is made. One that was taken before is taken again, whatever has been used up meanwhile.
   * @throws Failure UPLOAD_TOO_LARGE, MINUTES_LIMIT: refused; JOBS_LIMIT: it has to wait. SDK errors.
   */
  async admit({ jobId, ownerId, sizeBytes }: PlannedDrop): Promise<void> {
    const { config, jobs } = this.#platform;
    const plan = ownPlanOf(config, ownerId);
    if (plan === undefined || (await jobs.get(jobId)) !== undefined) return;
    const { uploadBytes: limitBytes, activeJobs } = plan;
    if (limitBytes !== undefined && sizeBytes > limitBytes)
      throw new Failure('UPLOAD_TOO_LARGE', { detail: { limitBytes } });
    await this.#quotas.admitMinutes(ownerId);
    if (activeJobs !== undefined) await this.#quotas.holdJob(ownerId, jobId);
  }
}
