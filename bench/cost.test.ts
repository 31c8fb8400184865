/** What a job may write at most, counted on the wire by the measure itself. */
import { expect, test } from 'vitest';
import { benchCost } from './cost.ts';

const MOST_WRITE_UNITS = 16;

test('a job writes 16 units to DynamoDB at most, whichever way its file comes in', async () => {
  const found = new Map((await benchCost()).map(({ figure, value }) => [figure, value]));
  for (const way of ['api', 'parts']) {
    const units = found.get(`cost.${way}.dynamodb.writes`);
    expect(units).toBeGreaterThan(0);
    expect(units).toBeLessThanOrEqual(MOST_WRITE_UNITS);
  }
}, 180_000);
