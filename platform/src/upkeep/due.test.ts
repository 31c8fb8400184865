/** How far one pass over the reminders goes. */
import { expect, test } from 'vitest';
import { ZodError } from 'zod';
import { type Act, forEachDue } from './due.ts';

/** Goes through so many reminders of one shard, which stay due. Answers how often it acted, tried and failed. */
async function pass(count: number, act: (nth: number) => Act, pageSize?: number) {
  const all = Array.from({ length: count }, (_, nth) => ({ jobId: `job-${nth}`, dueAt: nth }));
  let [from, tried, failed] = [0, 0, 0];
  const due = async (_shard: number, _now: number, limit = 100) => all.slice(from, from + limit);
  const todo = {
    async act({ dueAt }: { readonly dueAt: number }) {
      tried += 1;
      // Whatever becomes of it, it is due later.
      from = dueAt + 1;
      return act(dueAt);
    },
    failed() {
      failed += 1;
    },
  };
  const acted = await forEachDue({ due }, [0], { pageSize }, todo);
  return { acted, tried, failed };
}
const fails = (): Act => {
  throw new Error('away');
};
const cannotRead = (): Act => {
  throw new ZodError([]);
};

test('page after page to the end', async () => {
  expect(await pass(5, () => 'acted', 2)).toEqual({ acted: 5, tried: 5, failed: 0 });
});

test('three failures in a row end it, and no number of others, nor of records that cannot be read', async () => {
  expect(await pass(9, fails)).toEqual({ acted: 0, tried: 3, failed: 3 });
  const some = (nth: number) => (nth % 3 === 2 ? 'acted' : fails());
  expect(await pass(9, some)).toEqual({ acted: 3, tried: 9, failed: 6 });
  expect(await pass(9, cannotRead)).toEqual({ acted: 0, tried: 9, failed: 9 });
});

test('where another process was faster five times, the rest is left to it', async () => {
  expect(await pass(9, () => 'lost')).toEqual({ acted: 0, tried: 5, failed: 0 });
});
