/** README.md lists the faults that there are. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allCases } from './cases/all.ts';
import { tableOf } from './cases/table.ts';

test('the table of README.md is that of `npm run faults -- --table`', async () => {
  expect(await readFile(join(import.meta.dirname, 'README.md'), 'utf8')).toContain(tableOf(allCases));
});

test('no two faults have one name', () => {
  expect(new Set(allCases.map(({ id }) => id)).size).toBe(allCases.length);
});
