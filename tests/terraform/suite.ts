/**
 * Everything about `terraform/` that can be known without an account: its format, its own tests on a mocked provider
 * (which are not run unless it is valid), each tfvars file applied to one, and its permissions against the source.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Figures, OptionalSuite } from '../run/suite.ts';
import { terraformUnavailable } from './plugins.ts';
import { compareTaskActions } from './task-actions.ts';
import { openWorkspace, repositoryRoot, runTerraform, type Workspace } from './workspace.ts';

/** The lines of `terraform test -json` that say something: a run's end, an error, the sum. */
const lineSchema = z.object({
  '@message': z.string(),
  '@testfile': z.string().optional(),
  '@testrun': z.string().optional(),
  type: z.string(),
  test_run: z.object({ progress: z.string(), status: z.string().optional() }).optional(),
  test_summary: z.object({ passed: z.int(), failed: z.int(), errored: z.int(), skipped: z.int() }).optional(),
  diagnostic: z
    .object({
      severity: z.string(),
      summary: z.string(),
      detail: z.string(),
      range: z.object({ filename: z.string(), start: z.object({ line: z.int() }) }).optional(),
    })
    .optional(),
});

/** Runs all of it, printing a line per test. @throws when terraform cannot be initialised. */
export async function runTerraformSuite(): Promise<Figures> {
  const workspace = await openWorkspace();
  const pipeline = await openWorkspace({}, 'pipeline');
  try {
    await addEnvironmentTests(workspace.dir);
    const parts = [
      counted('permissions are those that the source needs', await compareTaskActions()),
      counted('fmt', await formatProblems()),
      await runTests(workspace, 'tests', []),
      await runTests(pipeline, 'pipeline', []),
    ];
    return parts.reduce((sum, part) => ({
      passed: sum.passed + part.passed,
      failed: sum.failed + part.failed,
      skipped: sum.skipped + part.skipped,
    }));
  } finally {
    await workspace.remove();
    await pipeline.remove();
  }
}

/** Part of `npm test` where terraform and its provider are there anyway. */
export const terraformSuite: OptionalSuite = {
  name: 'terraform',
  unavailable: terraformUnavailable,
  run: runTerraformSuite,
};

/** One test of ours: it fails with what is wrong. */
function counted(name: string, problems: readonly string[]): Figures {
  console.log(`${problems.length === 0 ? 'pass' : 'FAIL'}  ${name}`);
  for (const problem of problems) console.error(`      ${problem}`);
  return problems.length === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** Of the tree itself, since a copy cannot be put right. */
async function formatProblems(): Promise<string[]> {
  const { exitCode, stdout, stderr } = await runTerraform(join(repositoryRoot, 'terraform'), [
    'fmt',
    '-check',
    '-recursive',
    '-diff',
  ]);
  return exitCode === 0 ? [] : [`${stdout}${stderr}`, 'terraform fmt -recursive terraform puts it right'];
}

/**
 * Puts the test of `tests/environments` beside the others, once for each tfvars file, with its values in it: what
 * `-var-file` would do. Of a process of terraform's most goes into reading the provider's schema, once.
 */
async function addEnvironmentTests(dir: string): Promise<void> {
  const test = await readFile(join(dir, 'tests', 'environments', 'plan.tftest.hcl'), 'utf8');
  for (const name of await readdir(join(dir, 'environments'))) {
    const values = await readFile(join(dir, 'environments', name), 'utf8');
    const file = join(dir, 'tests', `${name.replace('.tfvars', '')}.tftest.hcl`);
    await writeFile(file, `${test}\nvariables {\n${values}\n}\n`, { flag: 'wx' });
  }
}

/**
 * One `terraform test`; each of its runs counts.
 * @param label of its lines.
 * @param heard is told of each run.
 */
export async function runTests(
  workspace: Workspace,
  label: string,
  args: readonly string[],
  heard: (run: { readonly name: string; readonly passed: boolean }) => void = () => {},
): Promise<Figures> {
  let sum: Figures | undefined;
  const { stderr } = await workspace.run(['test', '-json', ...args], (json) => {
    const line = lineSchema.parse(JSON.parse(json));
    const { test_run: run, test_summary: summary, diagnostic } = line;
    if (run?.progress === 'complete') {
      heard({ name: line['@testrun'] ?? '', passed: run.status === 'pass' });
      console.log(
        `${run.status === 'pass' ? 'pass' : 'FAIL'}  ${label}: ${line['@testfile']} ${line['@testrun']}`,
      );
    }
    if (diagnostic?.severity === 'error') {
      const { summary: what, detail, range } = diagnostic;
      const where = range === undefined ? '' : ` (${range.filename}:${range.start.line})`;
      console.error(`      ${what}${where}: ${detail}`);
    }
    if (summary !== undefined) {
      sum = { passed: summary.passed, failed: summary.failed + summary.errored, skipped: summary.skipped };
    }
  });
  if (sum !== undefined && sum.passed + sum.failed > 0) return sum;
  return counted(label, [`terraform test ran nothing. ${stderr}`]);
}
