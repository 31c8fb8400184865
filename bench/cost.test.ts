/** What a job may cost, counted on the wire of a real fleet. */
import { expect, test } from 'vitest';
import { tallyOfJob } from './cost/tally-of-job.ts';
import { ways } from './cost.ts';

test('a job writes 16 units to DynamoDB at most, also where its file comes in parts, which takes the most', async () => {
  const { one, steps } = await tallyOfJob(ways.parts, 2);
  expect(one.writeUnits, JSON.stringify(steps)).toBeGreaterThan(5);
  expect(one.writeUnits, JSON.stringify(steps)).toBeLessThanOrEqual(16);
});
