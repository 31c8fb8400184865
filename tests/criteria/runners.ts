/** Who runs the tests that `docs/acceptance.md` names: vitest, also with a browser, and Terraform; each told which. */
import { join } from 'node:path';
import { ensurePage } from '@wavefleet/localstack/page-build.ts';
import { createVitest } from 'vitest/node';
import { requireChromium } from '../browser/chromium.ts';
import { browserSuite } from '../browser/suite.ts';
import { type NamedTest, patternOf } from '../docs/named-tests.ts';
import { runTests, terraformSuite } from '../terraform/suite.ts';
import { openWorkspace } from '../terraform/workspace.ts';
import type { TestResult } from './verdicts.ts';

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
    run: (tests) => runVitest('vitest.config.ts', tests),
  },
  {
    name: 'browser',
    runs: isOfPage,
    unavailable: browserSuite.unavailable,
    async run(tests) {
      process.env.CHROMIUM_PATH = requireChromium();
      await ensurePage();
      return await runVitest('tests/browser/vitest.config.ts', tests);
    },
  },
  { name: 'terraform', runs: isOfTerraform, unavailable: terraformSuite.unavailable, run: runTerraformFiles },
];

/** The tests of each file. */
function byFile(tests: readonly NamedTest[]): Map<string, NamedTest[]> {
  return Map.groupBy(tests, ({ file }) => file);
}

/** One run for all files, so that they share the machine as in `npm test`, each with a filter of its own. */
async function runVitest(config: string, tests: readonly NamedTest[]): Promise<TestResult[]> {
  const vitest = await createVitest('test', { root, config: join(root, config), watch: false });
  try {
    // Makes the reporters ready.
    await vitest.standalone();
    const files = byFile(tests);
    const found = await vitest.globTestSpecifications([...files.keys()]);
    const chosen = found.flatMap(({ project, moduleId }) => {
      const named = files.get(moduleId.slice(root.length + 1));
      if (named === undefined) return [];
      // The names of groups stand in front of a title.
      const titles = named.map(({ title }) => patternOf(title)).join('|');
      return [project.createSpecification(moduleId, { testNamePattern: new RegExp(`(^|\\s)(${titles})$`) })];
    });
    const { testModules } = await vitest.runTestSpecifications(chosen);
    return testModules.flatMap(({ moduleId, children }) =>
      [...children.allTests()].map((test) => ({
        ...{ file: moduleId, title: test.name },
        status: statusOf(test.result().state),
      })),
    );
  } finally {
    await vitest.close();
  }
}

const statusOf = (state: string): TestResult['status'] =>
  state === 'passed' || state === 'failed' ? state : 'skipped';

/** Whole files: a run of Terraform's may look at what the one before has made. */
async function runTerraformFiles(tests: readonly NamedTest[]): Promise<TestResult[]> {
  const workspace = await openWorkspace();
  const results: TestResult[] = [];
  try {
    for (const file of byFile(tests).keys()) {
      const path = file.replace(/^terraform\//, '');
      const args = path.startsWith('tests/environments/')
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
