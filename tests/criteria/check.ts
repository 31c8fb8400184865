/**
 * The part of `npm run check` that keeps `docs/acceptance.md` true: every criterion is there once, says where it stands,
 * and names only tests that exist. Prints every problem and one summary line.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasTest, type NamedTest } from '../docs/named-tests.ts';
import { readCriteria } from './document.ts';

const root = join(import.meta.dirname, '..', '..');

function isMissing({ file, title }: NamedTest): boolean {
  const path = join(root, file);
  return !existsSync(path) || !hasTest(readFileSync(path, 'utf8'), title);
}

const { criteria, problems } = readCriteria(readFileSync(join(root, 'docs', 'acceptance.md'), 'utf8'));
const missing = criteria.flatMap(({ id, tests }) =>
  tests.filter(isMissing).map(({ file, title }) => `${id}: ${file} has no test "${title}"`),
);
for (const problem of [...problems, ...missing]) console.error(`docs/acceptance.md: ${problem}`);
console.log(`acceptance: ${criteria.length} criteria, ${problems.length + missing.length} problems`);
process.exit(problems.length + missing.length === 0 ? 0 : 1);
