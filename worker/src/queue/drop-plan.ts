/**
 * What the plan of a drop's owner says of it. Only what a plan says itself counts: the limits for everybody are those of
 * who asks over HTTP, and operators who drop a whole archive have none. How many jobs an owner may have at once counts
 * nowhere here: drops wait in their queue, and turns keep it fair who is served next.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { ownPlanOf } from '@wavefleet/platform/settings/plans.ts';

/** A drop as its plan looks at it. */
interface PlannedDrop {
  readonly ownerId: string;
  readonly sizeBytes: number;
}

/** Undefined where the plan lets it in: else PLAN_UPLOAD_LIMIT or MINUTES_LIMIT. @throws SDK errors. */
export async function refusalByPlan(
  config: Platform['config'],
  quotas: Pick<Quotas, 'minutesOf'>,
  { ownerId, sizeBytes }: PlannedDrop,
): Promise<Failure | undefined> {
  const limitBytes = ownPlanOf(config, ownerId)?.uploadBytes;
  if (limitBytes !== undefined && sizeBytes > limitBytes)
    return new Failure('PLAN_UPLOAD_LIMIT', { detail: { limitBytes } });
  const minutes = await quotas.minutesOf(ownerId);
  if (minutes === undefined || minutes.used < minutes.limit) return undefined;
  return new Failure('MINUTES_LIMIT', { detail: minutes });
}
