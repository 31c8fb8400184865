/**
 * `npm test [-- FILE…]`: everything that this machine can run, in one go. At the end stand the tests that fell short, a
 * table of what each part took, and in the last line how it went.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { browserSuite } from '../browser/suite.ts';
import { containerSuite } from '../containers/suite.ts';
import { terraformSuite } from '../terraform/suite.ts';
import { runAlong, runBehind, secondsSince } from './process.ts';
import { inWords, type OptionalSuite, type Outcome, shortfallsOf, sumOf, tableOf } from './suite.ts';
import { runVitest } from './vitest.ts';
import { figuresOf } from './vitest-report.ts';

/** What a part came to, and whether it failed although no test of it did. */
interface Part {
  readonly outcome: Outcome;
  readonly broke: boolean;
}

async function check(run: (command: readonly string[]) => Promise<boolean>): Promise<Part> {
  const startedAtMs = performance.now();
  const passed = await run(['npm', 'run', '--silent', 'check']);
  const note = passed ? undefined : 'failed';
  return { outcome: { name: 'check', seconds: secondsSince(startedAtMs), note }, broke: !passed };
}

/** One run of vitest, for one coverage; its projects run one after the other. */
async function vitest(chosen: readonly string[], scratch: string): Promise<Part[]> {
  const startedAtMs = performance.now();
  try {
    // Of a few files coverage says nothing, and would always fall short.
    const options = chosen.length === 0 ? ['--coverage'] : [];
    const { report, content } = await runVitest(options, chosen, { scratch });
    const isE2e = (file: string) => /\/tests\/(acceptance|bring-up|conformance|e2e|rolling)\//.test(file);
    const isSiege = (file: string) => /\/siege\/(faults|floods|hostile)\//.test(file);
    const unit = figuresOf(report, (file) => !isE2e(file) && !isSiege(file));
    const siege = figuresOf(report, isSiege);
    const e2e = figuresOf(report, isE2e);
    const fellShort = !content && unit.failed + siege.failed + e2e.failed === 0;
    const note = fellShort ? 'coverage or the runner fell short' : undefined;
    // In the order of vitest.config.ts; the last one's is what is left, with the coverage and second tries.
    const unitSeconds = unit.endedAfterMs / 1000;
    const e2eSeconds = Math.max(0, e2e.endedAfterMs / 1000 - unitSeconds);
    const seconds = secondsSince(startedAtMs) - unitSeconds - e2eSeconds;
    return [
      { outcome: { name: 'unit', seconds: unitSeconds, figures: unit }, broke: false },
      { outcome: { name: 'e2e', seconds: e2eSeconds, figures: e2e }, broke: false },
      { outcome: { name: 'siege', seconds, figures: siege, note }, broke: fellShort },
    ];
  } catch (error) {
    const note = `vitest left no report: ${error instanceof Error ? error.message : error}`;
    return [{ outcome: { name: 'unit', seconds: secondsSince(startedAtMs), note }, broke: true }];
  }
}

/** A suite that breaks down has failed; one that cannot run here has not. */
async function optional(suite: OptionalSuite): Promise<Part> {
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

/**
 * The check and Terraform only compute: they take what the others leave, which wait for clocks, leases and pages as often as
 * they compute. Browsers and containers are held to times, and come one after the other: beside units, calls of a page that
 * may take 300 ms did not come through.
 */
async function everything(scratch: string): Promise<Part[]> {
  const behind = async () => [
    await check((command) => runBehind(command, join(scratch, 'check.log'))),
    await optional(terraformSuite),
  ];
  const before = async () => [
    ...(await vitest([], scratch)),
    await optional(browserSuite),
    await optional(containerSuite),
  ];
  return (await Promise.all([behind(), before()])).flat();
}

requirePrograms();
const startedAtMs = performance.now();
/** For vitest: who names files or tests means those alone. */
const chosen = process.argv.slice(2);
const scratch = await mkdtemp(join(tmpdir(), 'wavefleet-test-'));
const parts =
  chosen.length === 0
    ? await everything(scratch)
    : [await check(runAlong), ...(await vitest(chosen, scratch))];
await rm(scratch, { recursive: true, force: true });
const outcomes = parts.map(({ outcome }) => outcome);
const sum = sumOf(outcomes);
console.log(
  `\n${shortfallsOf(outcomes)}\n${tableOf(outcomes, secondsSince(startedAtMs))}\ntests: ${inWords(sum)}`,
);
process.exitCode = parts.some(({ broke }) => broke) || sum.failed > 0 ? 1 : 0;
