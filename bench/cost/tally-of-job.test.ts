/** What a job may cost, counted on the wire of a real fleet. */
import { expect, test } from 'vitest';
import { ways } from '../cost.ts';
import { tallyOfJob } from './tally-of-job.ts';

test('a job costs DynamoDB 16 write units at most, also where its file comes in parts, which takes the most', async () => {
  const { one, steps } = await tallyOfJob(ways.parts, 2);
  expect(one.writeUnits, JSON.stringify(steps)).toBeGreaterThan(5);
  expect(one.writeUnits, JSON.stringify(steps)).toBeLessThanOrEqual(16);
});
