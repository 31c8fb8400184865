/** How much of a plan is used: minutes of this month, and what is stored. */
import { useServices } from '../services.ts';
import { bytes, day } from '../text/amounts.ts';
import { useStore } from '../use-store.ts';

/** Nothing where no plan holds. */
export function PlanLine() {
  const plan = useStore(useServices().session.me)?.plan;
  if (plan?.name === undefined) return null;
  const { name, minutes, storedBytes, retentionDays } = plan;
  return (
    <p class="quiet" data-testid="own-plan">
      {minutes !== undefined && (
        <>
          <strong>
            {minutesOf(minutes.used)} of {minutes.limit} minutes
          </strong>{' '}
          this month
          {minutes.left === 0 && `, none is left until ${day(minutes.resetsAt)}`}
          {' · '}
        </>
      )}
      {bytes(storedBytes.used)} of {bytes(storedBytes.limit)} uploaded · results are kept {retentionDays}{' '}
      {retentionDays === 1 ? 'day' : 'days'} · plan “{name}”
    </p>
  );
}

/** Never more than there is: who has used 59.6 of 60 has one left. */
const minutesOf = (used: number): string =>
  used < 10 ? String(Math.floor(used * 10) / 10) : String(Math.floor(used));
