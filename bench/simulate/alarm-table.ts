/**
 * What an alarm sees of a fleet that stands still: by how late each metric comes, what the old expression and the one
 * metric make of it. Nothing is simulated but CloudWatch.
 */
import { table } from '@wavefleet/localstack/demo/table.ts';
import { CloudWatch, type Deliveries, loadByMath, plain, type Series, strandedByMath } from './cloudwatch.ts';
import { firstTask } from './plans.ts';
import { FirstTask, type FirstTaskSettings, TargetTracking } from './policy.ts';
import { Random } from './random.ts';

/** A fleet: tasks of two slots, its jobs, and how many tasks are right for them. */
interface Still {
  readonly name: string;
  readonly tasks: number;
  readonly busy: number;
  readonly waiting: number;
  readonly right: number;
}

const [SLOTS, FILL, LATENCY, MEAN, MOST] = [2, 0.8, 60, 15, 100];
/** Figures are there for as long before the first look, and it is looked for as long. */
const MINUTES = 30;

const stills: readonly Still[] = [
  { name: 'ten tasks on target', tasks: 10, busy: 16, waiting: 0, right: 10 },
  // 20 at work and 200 × 15 / 60 slots for those that wait, at 0.8.
  { name: 'ten full tasks, 200 wait', tasks: 10, busy: 20, waiting: 200, right: 44 },
  { name: 'no task, 3 wait', tasks: 0, busy: 0, waiting: 3, right: 1 },
];

/** Minutes by which the metrics of SQS and of Container Insights are late, and ours. */
const lags: readonly { readonly sqs: number; readonly ecs: number; readonly own: number }[] = [
  { sqs: 0, ecs: 0, own: 0 },
  { sqs: 1, ecs: 1, own: 1 },
  { sqs: 1, ecs: 0, own: 1 },
  { sqs: 0, ecs: 1, own: 1 },
  { sqs: 1, ecs: 3, own: 2 },
  { sqs: 3, ecs: 1, own: 3 },
];

/** How many tasks each policy wants half an hour later. */
export function alarmFigures(): {
  readonly fleet: Still;
  readonly lag: (typeof lags)[number];
  readonly old: number;
  readonly now: number;
}[] {
  return stills.flatMap((fleet) =>
    lags.map((lag) => ({
      ...{ fleet, lag },
      old: wanted(fleet, lag, loadByMath(LATENCY, MEAN), FILL * SLOTS, strandedByMath, {
        ...firstTask,
        of: 1,
      }),
      now: wanted(fleet, lag, plain('desiredLoad'), FILL, plain('stranded'), firstTask),
    })),
  );
}

/** The same as a table. */
export function alarmTable(): string {
  const header = ['fleet', 'late by minutes: SQS, ECS, ours', 'right', 'metric math', 'one metric'];
  const rows = alarmFigures().map(({ fleet, lag, old, now }) => [
    fleet.name,
    `${lag.sqs}, ${lag.ecs}, ${lag.own}`,
    ...[fleet.right, old, now].map(String),
  ]);
  return table(header, rows);
}

/** The first decision that differs from what runs; the fleet does not follow it. */
function wanted(
  { tasks, busy, waiting }: Still,
  lag: (typeof lags)[number],
  series: Series,
  target: number,
  stranded: Series,
  firstBy: FirstTaskSettings,
): number {
  const late = (minutes: number) => ({ lag: 60 * minutes, jitter: 0, gapShare: 0 });
  const [sqs, ecs, own] = [late(lag.sqs), late(lag.ecs), late(lag.own)];
  const deliveries: Deliveries = {
    ...{ visible: sqs, inFlight: sqs, running: ecs, cpu: ecs, desiredLoad: own, stranded: own },
  };
  const watch = new CloudWatch(deliveries, new Random(1));
  const bounds = { minTasks: 0, maxTasks: MOST, scaleInShare: 1 };
  const cooldowns = { scaleOutCooldown: 240, scaleInCooldown: 300 };
  const tracking = new TargetTracking(series, { target, ...bounds, ...cooldowns });
  const first = new FirstTask(stranded, firstBy);
  for (let minute = 1; minute <= 2 * MINUTES; minute += 1) {
    watch.put('visible', minute, waiting);
    watch.put('inFlight', minute, busy);
    watch.put('running', minute, tasks);
    const load = tasks === 0 ? undefined : (busy + (waiting * MEAN) / LATENCY) / (tasks * SLOTS);
    watch.put('desiredLoad', minute, load);
    watch.put('stranded', minute, tasks === 0 ? waiting : 0);
    if (minute < MINUTES) continue;
    const now = minute * 60 + 20;
    const policy = tasks === 0 ? first : tracking;
    const decided = policy.decide(watch, tasks, now);
    if (decided !== tasks) return decided;
  }
  return tasks;
}
