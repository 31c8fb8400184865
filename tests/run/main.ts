/** `npm test`: everything that this machine can run, in one go; the last line says how it went. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { browserSuite } from '../browser/suite.ts';
import { containerSuite } from '../containers/suite.ts';
import { terraformSuite } from '../terraform/suite.ts';
import type { Figures, OptionalSuite } from './optional-suite.ts';
import { readFigures } from './vitest-report.ts';

const root = join(import.meta.dirname, '..', '..');
const suites: readonly OptionalSuite[] = [browserSuite, terraformSuite, containerSuite];

/** Answers whether the command succeeded. Its output is the user's to read. */
function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

/** Undefined when it cannot run here; a suite that breaks down counts as a problem. */
async function runOptional(suite: OptionalSuite, problems: string[]): Promise<Figures | undefined> {
  const reason = await suite.unavailable();
  if (reason !== undefined) {
    console.log(`${suite.name}: not run, ${reason}`);
    return undefined;
  }
  try {
    const figures = await suite.run();
    console.log(`${suite.name}: ${inWords(figures)}`);
    return figures;
  } catch (error) {
    problems.push(`${suite.name}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

const inWords = ({ passed, failed, skipped }: Figures) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

requirePrograms();
const scratch = mkdtempSync(join(tmpdir(), 'wavefleet-test-'));
const report = join(scratch, 'report.json');
/** For vitest: who names files or tests means those alone. */
const chosen = process.argv.slice(2);
try {
  const problems: string[] = [];
  if (!run('npm', ['run', '--silent', 'check'])) problems.push('npm run check failed');
  const tested = run('vitest', [
    ...['run', '--coverage', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ...chosen,
  ]);
  const all = [readFigures(report)];
  if (!tested && all[0]?.failed === 0) problems.push('coverage or the runner fell short');
  for (const suite of chosen.length === 0 ? suites : []) {
    all.push((await runOptional(suite, problems)) ?? { passed: 0, failed: 0, skipped: 0 });
  }
  const sum = (pick: (figures: Figures) => number) => all.reduce((total, each) => total + pick(each), 0);
  const total = {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
  };
  for (const problem of problems) console.error(`test: ${problem}`);
  console.log(`tests: ${inWords(total)}`);
  process.exitCode = problems.length === 0 && total.failed === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
