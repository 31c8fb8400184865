/** Faults of every kind, few jobs each: what `npm run faults` does at length. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allCases } from './cases/all.ts';
import { runCases } from './run/lanes.ts';
import type { CaseResult } from './run/run-case.ts';

const quick = allCases.filter((each) => each.quick === true);
const results = new Map<string, Promise<CaseResult>>();
const over = new AbortController();
let running: Promise<void>;

beforeAll(() => {
  const settle = new Map<string, (result: CaseResult) => void>();
  for (const { id } of quick) {
    const { promise, resolve } = Promise.withResolvers<CaseResult>();
    results.set(id, promise);
    settle.set(id, resolve);
  }
  const options = { lanes: 2, rig: { jobs: 4 }, signal: over.signal };
  running = runCases(quick, options, ({ id }, result) => settle.get(id)?.(result));
});
afterAll(async () => {
  over.abort();
  await running;
});

describe('survived:', () => {
  test.each(quick.map(({ id, breaks }) => ({ id, breaks })))('$id, $breaks', async ({ id }) => {
    const result = await Promise.race([results.get(id), running]);
    expect(result).toMatchObject({ shortfalls: [] });
  });
});
