/**
 * `npm run acceptance`: runs exactly the tests that `docs/acceptance.md` names, those of the page and of Terraform where
 * this machine can, and says for which criteria they stand. The last line counts. Exit code 1 when a named test failed,
 * was skipped or did not run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import type { NamedTest } from '../docs/named-tests.ts';
import { readCriteria } from './document.ts';
import { type Runner, runners } from './runners.ts';
import { type Outcome, outcomeOf, summaryOf, type TestResult } from './verdicts.ts';

const root = join(import.meta.dirname, '..', '..');
const { criteria } = readCriteria(readFileSync(join(root, 'docs', 'acceptance.md'), 'utf8'));
const named = criteria.flatMap(({ tests }) => tests);

/** Why a runner cannot run here, or what broke it. */
const reasons = new Map<string, string>();

async function resultsOf(runner: Runner): Promise<TestResult[]> {
  const tests = named.filter(({ file }) => runner.runs(file));
  if (tests.length === 0) return [];
  const reason = await runner.unavailable();
  if (reason !== undefined) {
    reasons.set(runner.name, reason);
    return [];
  }
  const startedAtMs = performance.now();
  const results = await runner.run(tests).catch((error: unknown) => {
    console.error(`${runner.name}: ${error instanceof Error ? error.message : error}`);
    return [];
  });
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0);
  console.log(`${runner.name}: ${seconds} s`);
  return results;
}

const results: TestResult[] = [];
requirePrograms();
for (const runner of runners) results.push(...(await resultsOf(runner)));

function outcome(test: NamedTest): Outcome {
  const runner = runners.find(({ runs }) => runs(test.file));
  return runner !== undefined && reasons.has(runner.name) ? 'elsewhere' : outcomeOf(test, results, root);
}

console.log('');
for (const { id, tests } of criteria) {
  for (const test of tests) {
    const how = outcome(test);
    if (how !== 'passed' && how !== 'elsewhere') console.error(`${id}: ${how}: ${test.file} "${test.title}"`);
  }
}
for (const [name, reason] of reasons) {
  const ids = criteria.filter(({ tests }) =>
    tests.some(({ file }) => runners.find(({ runs }) => runs(file))?.name === name),
  );
  console.error(`${name}: not run, ${reason}; not shown: ${ids.map(({ id }) => id).join(' ')}`);
}
const { line, allShown } = summaryOf(criteria, outcome);
console.log(line);
process.exitCode = allShown ? 0 : 1;
