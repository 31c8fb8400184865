/** The picture in `terraform/`: one burst under three policies, queue above, tasks below. */
import { drawChart } from './chart.ts';
import { simulate } from './engine.ts';
import { comparedPlans } from './plans.ts';
import { burst, type Workload } from './workload.ts';

const looks = [
  { name: 'load', colour: '#0b62a8' },
  { name: 'load by metric math', colour: '#b5450a', dash: '7 4' },
  { name: 'CPU 60 %', colour: '#5b7f1f', dash: '2 3' },
] as const;

/** @returns the SVG. @throws Error when there is no such workload or plan. */
export function burstPicture(workload: Workload | undefined, meanJobSeconds: number): string {
  if (workload === undefined) throw new Error('no burst to draw');
  const plans = comparedPlans(meanJobSeconds);
  const runs = looks.map((look) => {
    const plan = plans.find(({ name }) => name === look.name);
    if (plan === undefined) throw new Error(`no plan named ${look.name}`);
    return { look, timeline: simulate(workload, plan.policy(), plan.fleet).timeline };
  });
  const lines = (value: 'waiting' | 'running') =>
    runs.map(({ look, timeline }) => ({
      ...look,
      points: timeline.map((point) => ({ minute: point.at / 60, value: point[value] })),
    }));
  return drawChart({
    title: 'A burst: 0.5 jobs per second, for ten minutes ten times as many (simulated)',
    fromMinute: 50,
    untilMinute: 120,
    shaded: { fromMinute: burst.from / 60, untilMinute: burst.until / 60, name: '×10' },
    panels: [
      { title: 'Jobs waiting', lines: lines('waiting') },
      { title: 'Tasks running', lines: lines('running') },
    ],
  });
}
