/** How much of a plan, or of what everybody may have, is used: minutes of this month, jobs at once, and what is stored. */
import type { PlanView } from '@wavefleet/contracts/people.ts';
import { useServices } from '../services.ts';
import { bytes, day } from '../text/amounts.ts';
import { useStore } from '../use-store.ts';

/** Without a plan nothing is said before so much of a limit is used. */
const NEARLY = 0.9;

/** Nothing where no plan holds, and no limit is near. */
export function PlanLine() {
  const me = useStore(useServices().session.me);
  const plan = me?.plan;
  if (plan === undefined || (plan.name === undefined && !isNearALimit(plan))) return null;
  const { name, minutes, activeJobs, storedBytes, uploadBytes } = plan;
  const resultDays = me?.keeping?.resultDays ?? plan.retentionDays;
  return (
    <p class="quiet" data-testid="own-plan">
      {minutes !== undefined && (
        <>
          <strong>
            {minutesOf(minutes.used)} of {minutes.limit} minutes
          </strong>{' '}
          this month
          {minutes.left === 0 && `, none left until ${day(minutes.resetsAt)}`}
          {' · '}
        </>
      )}
      {activeJobs.used} of {activeJobs.limit} jobs at once · {bytes(storedBytes.used)} of{' '}
      {bytes(storedBytes.limit)} uploaded · up to {bytes(uploadBytes)} per file · results are kept{' '}
      {resultDays} {resultDays === 1 ? 'day' : 'days'}
      {name !== undefined && ` · plan “${name}”`}
    </p>
  );
}

const isNearALimit = ({ activeJobs, storedBytes }: PlanView): boolean =>
  [activeJobs, storedBytes].some(({ used, limit }) => used >= limit * NEARLY);

/** Never more than there is: who has used 59.6 of 60 has one left. */
const minutesOf = (used: number): string =>
  used < 10 ? String(Math.floor(used * 10) / 10) : String(Math.floor(used));
