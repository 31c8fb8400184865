/** Who runs the tests that `docs/acceptance.md` names: the three runners that this repository has, each told which. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browserSuite, driveBrowser } from '../browser/suite.ts';
import { type NamedTest, patternOf } from '../docs/named-tests.ts';
import { readResults, type TestResult } from '../run/vitest-report.ts';
import { runTests, terraformSuite } from '../terraform/suite.ts';
import { openWorkspace } from '../terraform/workspace.ts';

const root = join(import.meta.dirname, '..', '..');

export interface Runner {
  readonly name: string;
  runs(file: string): boolean;
  /** Why it cannot here, in one sentence without a full stop; undefined when it can. */
  unavailable(): Promise<string | undefined>;
  /** Runs these tests and, for `test.each`, all their cases. @throws when there is no result at all. */
  run(tests: readonly NamedTest[]): Promise<TestResult[]>;
}

const isOfPage = (file: string) => file.startsWith('tests/browser/');
const isOfTerraform = (file: string) => file.endsWith('.hcl');

export const runners: readonly Runner[] = [
  {
    name: 'vitest',
    runs: (file) => !isOfPage(file) && !isOfTerraform(file),
    unavailable: async () => undefined,
    run: (tests) =>
      reported(async (report) => {
        const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
        spawnSync('vitest', ['run', ...reporters, ...chosen(tests)], { cwd: root, stdio: 'inherit' });
      }),
  },
  {
    name: 'browser',
    runs: isOfPage,
    unavailable: browserSuite.unavailable,
    run: (tests) => reported((report) => driveBrowser(report, chosen(tests))),
  },
  { name: 'terraform', runs: isOfTerraform, unavailable: terraformSuite.unavailable, run: runTerraformFiles },
];

const filesOf = (tests: readonly NamedTest[]) => [...new Set(tests.map(({ file }) => file))];

/** Vitest's own filters: whole titles, behind those of the groups around them. */
function chosen(tests: readonly NamedTest[]): string[] {
  const titles = [...new Set(tests.map(({ title }) => patternOf(title)))];
  return [...filesOf(tests), '-t', `(^|\\s)(${titles.join('|')})$`];
}

async function reported(run: (report: string) => Promise<void>): Promise<TestResult[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'wavefleet-acceptance-'));
  const report = join(scratch, 'report.json');
  try {
    await run(report);
    return readResults(report);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Whole files: a run of Terraform's may look at what the one before has made. */
async function runTerraformFiles(tests: readonly NamedTest[]): Promise<TestResult[]> {
  const workspace = await openWorkspace();
  const results: TestResult[] = [];
  try {
    for (const file of filesOf(tests)) {
      const path = file.replace(/^terraform\//, '');
      const ofPlan = path.startsWith('tests/environments/');
      const args = ofPlan
        ? ['-test-directory=tests/environments', '-var-file=environments/prod.tfvars']
        : [`-filter=${path}`];
      await runTests(workspace, file, args, ({ name: title, passed }) => {
        results.push({ file: join(root, file), title, status: passed ? 'passed' : 'failed' });
      });
    }
    return results;
  } finally {
    await workspace.remove();
  }
}
