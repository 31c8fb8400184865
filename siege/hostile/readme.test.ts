/** README.md lists the classes that there are. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileClasses } from './files/all.ts';
import { requestClasses } from './requests/all.ts';
import { tableOf } from './table.ts';

test('the tables of README.md are those of `npm run hostile -- --table`', async () => {
  const readme = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
  expect(readme).toContain(tableOf('files', fileClasses));
  expect(readme).toContain(tableOf('requests', requestClasses));
});

test('no two classes have one name', () => {
  const ids = [...fileClasses, ...requestClasses].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
