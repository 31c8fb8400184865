/**
 * `npm test [-- FILE…]`: everything that this machine can run, in one go. At the end a table says what each part
 * took, and the last line how it went.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { browserSuite } from '../browser/suite.ts';
import { containerSuite } from '../containers/suite.ts';
import { terraformSuite } from '../terraform/suite.ts';
import { inWords, type OptionalSuite, type Outcome, sumOf, tableOf } from './suite.ts';
import { readFigures } from './vitest-report.ts';

const root = join(import.meta.dirname, '..', '..');
/** One group after the other. Browsers wait as long as they compute, and Terraform needs one core: they share the time. */
const suites: readonly (readonly OptionalSuite[])[] = [[browserSuite, terraformSuite], [containerSuite]];

/** Answers whether the command succeeded. Its output is the user's to read. */
function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

/** @returns seconds since that moment of `performance.now()`. */
const secondsSince = (startedAtMs: number) => (performance.now() - startedAtMs) / 1000;

function check(): Outcome {
  const startedAtMs = performance.now();
  const passed = run('npm', ['run', '--silent', 'check']);
  return { name: 'check', seconds: secondsSince(startedAtMs), note: passed ? undefined : 'failed' };
}

/** One run of vitest, for one coverage; its projects run one after the other. */
function vitest(chosen: readonly string[]): Outcome[] {
  const scratch = mkdtempSync(join(tmpdir(), 'wavefleet-test-'));
  const report = join(scratch, 'report.json');
  const startedAtMs = performance.now();
  try {
    const passed = run('vitest', [
      ...['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      // Of a few files coverage says nothing, and would always fall short.
      ...(chosen.length === 0 ? ['--coverage'] : []),
      ...chosen,
    ]);
    const isE2e = (file: string) =>
      /\/(tests\/(acceptance|bring-up|conformance|e2e|rolling)|siege\/(faults|floods|hostile))\//.test(file);
    const unit = readFigures(report, (file) => !isE2e(file));
    const e2e = readFigures(report, isE2e);
    const fellShort = !passed && unit.failed + e2e.failed === 0;
    const unitSeconds = unit.endedAfterMs / 1000;
    return [
      { name: 'unit', seconds: unitSeconds, figures: unit },
      {
        name: 'e2e',
        seconds: secondsSince(startedAtMs) - unitSeconds,
        figures: e2e,
        note: fellShort ? 'coverage or the runner fell short' : undefined,
      },
    ];
  } catch (error) {
    const note = `vitest left no report: ${error instanceof Error ? error.message : error}`;
    return [{ name: 'unit', seconds: secondsSince(startedAtMs), note }];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A suite that breaks down has failed; one that cannot run here has not. */
async function optional(suite: OptionalSuite): Promise<{ outcome: Outcome; broke: boolean }> {
  const { name } = suite;
  const startedAtMs = performance.now();
  const reason = await suite.unavailable();
  if (reason !== undefined)
    return { outcome: { name, seconds: 0, note: `not run, ${reason}` }, broke: false };
  try {
    const figures = await suite.run();
    return { outcome: { name, seconds: secondsSince(startedAtMs), figures }, broke: false };
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    return { outcome: { name, seconds: secondsSince(startedAtMs), note }, broke: true };
  }
}

requirePrograms();
const startedAtMs = performance.now();
/** For vitest: who names files or tests means those alone. */
const chosen = process.argv.slice(2);
const always = [check(), ...vitest(chosen)];
const whereTheyCan = [];
for (const abreast of chosen.length === 0 ? suites : [])
  whereTheyCan.push(...(await Promise.all(abreast.map(optional))));
const outcomes = [...always, ...whereTheyCan.map(({ outcome }) => outcome)];
const sum = sumOf(outcomes);
const broke = always.some(({ note }) => note !== undefined) || whereTheyCan.some((each) => each.broke);
console.log(`\n${tableOf(outcomes, secondsSince(startedAtMs))}\ntests: ${inWords(sum)}`);
process.exitCode = broke || sum.failed > 0 ? 1 : 0;
