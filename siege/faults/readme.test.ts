/** README.md lists the faults that there are, and none of the numbers is left out. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasTest } from '@wavefleet/tests/docs/named-tests.ts';
import { expect, test } from 'vitest';
import { allCases } from './cases/all.ts';
import { shownElsewhere } from './cases/shown-elsewhere.ts';
import { elsewhereTableOf, tableOf } from './cases/table.ts';

/** The faults are numbered F1 to F72; what was thought of later has other names. */
const LAST_NUMBER = 72;
const root = join(import.meta.dirname, '..', '..');

test('the tables of README.md are those of `npm run faults -- --table`', async () => {
  const text = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
  expect(text).toContain(tableOf(allCases));
  expect(text).toContain(elsewhereTableOf(shownElsewhere));
});

test('no two faults have one name', () => {
  const ids = [...allCases, ...shownElsewhere].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('each number has a fault that is brought about here, or is shown elsewhere', () => {
  const numbers = new Set([...allCases, ...shownElsewhere].map(({ id }) => /^F\d+/.exec(id)?.[0]));
  const all = Array.from({ length: LAST_NUMBER }, (_, index) => `F${index + 1}`);
  expect(all.filter((number) => !numbers.has(number))).toEqual([]);
});

test.each(shownElsewhere)('the test that shows $id is there', async ({ file, test: title }) => {
  expect(hasTest(await readFile(join(root, file), 'utf8'), title)).toBe(true);
});

test('a fault that cannot run here says why', () => {
  const reasons = allCases.flatMap(({ unavailable }) => unavailable?.() ?? []);
  expect(reasons.filter((reason) => reason.trim() === '')).toEqual([]);
});
