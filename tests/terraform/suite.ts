/**
 * Everything about `terraform/` that can be known without an account: its format, whether it is valid, its own
 * tests on a mocked provider, whole plans of each tfvars file, and its permissions against the source.
 */
import { readdir } from 'node:fs/promises';
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
    const parts = [
      counted('permissions are those that the source needs', await compareTaskActions()),
      counted('fmt', await formatProblems()),
      counted('validate', await validateProblems(workspace)),
      await runTests(workspace, 'tests', []),
      counted('validate pipeline', await validateProblems(pipeline)),
      await runTests(pipeline, 'pipeline', []),
    ];
    for (const name of await readdir(join(workspace.dir, 'environments'))) {
      const file = join('environments', name);
      const args = ['-test-directory=tests/environments', `-var-file=${file}`];
      parts.push(await runTests(workspace, file, args));
    }
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

async function validateProblems(workspace: Workspace): Promise<string[]> {
  const { exitCode, stdout, stderr } = await workspace.run(['validate', '-no-color']);
  return exitCode === 0 ? [] : [`${stdout}${stderr}`];
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
