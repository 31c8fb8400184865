/** How many attempts are too many. */
import { expect, test } from 'vitest';
import { unexplained } from './attempts.ts';

const rig = (stalls: number) => ({ history: { writesOf: () => [] }, stalls: { count: stalls }, slots: 2 });
const jobs = (...attempts: number[]) => attempts.map((attempt, at) => ({ jobId: `job-${at}`, attempt }));

test('without a word of the case no job may be begun twice', () => {
  expect(unexplained(rig(0), { jobs: [] }, jobs(1, 1))).toEqual([]);
  expect(unexplained(rig(0), { jobs: [] }, jobs(1, 2))).toEqual([
    expect.stringMatching(/^\(i\) 1 attempts beyond the first ones, and the fault explains 0/),
  ]);
});

test('what the fault explains of all together no job may use up alone', () => {
  expect(unexplained(rig(0), { jobs: [], extraAttempts: 2 }, jobs(2, 2))).toEqual([]);
  expect(unexplained(rig(0), { jobs: [], extraAttempts: 2 }, jobs(3, 1))).toEqual([
    expect.stringMatching(/^\(i\) job job-0 was begun 3 times, and the fault explains 2/),
  ]);
  expect(unexplained(rig(0), { jobs: [], extraAttempts: 2, extraAttemptsOfJob: 2 }, jobs(3, 1))).toEqual([]);
});

test('a machine that stood still explains one more attempt of each job at work', () => {
  expect(unexplained(rig(1), { jobs: [], extraAttempts: 1 }, jobs(3, 2))).toEqual([]);
  expect(unexplained(rig(1), { jobs: [], extraAttempts: 1 }, jobs(3, 3))).toHaveLength(1);
});
