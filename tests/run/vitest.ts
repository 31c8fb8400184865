/** Runs vitest, and what failed in it once more, by itself. */
import { join } from 'node:path';
import { runAlong } from './process.ts';
import { failedFiles, type Report, readReport, withSecondTry } from './vitest-report.ts';

/** More failed files than these are no bad moment of a busy machine. */
const SECOND_TRIES = 5;

/**
 * Thousands of tests that wait for leases, timeouts and browsers share a machine which others may use as well. A few files
 * that fail are run once more with nothing beside them; that it took two tries is reported, and worth a look.
 * @param args for vitest, the files last. @param scratch a folder for reports.
 * @returns the report, and whether vitest was content, at the first or at the second try.
 * @throws when vitest does not come to its end.
 */
export async function runVitest(
  options: readonly string[],
  files: readonly string[],
  { scratch, env }: { readonly scratch: string; readonly env?: NodeJS.ProcessEnv },
): Promise<{ readonly report: Report; readonly content: boolean }> {
  const run = async (name: string, rest: readonly string[]) => {
    const path = join(scratch, name);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`];
    const content = await runAlong(['vitest', 'run', ...reporters, ...rest], env);
    return { report: readReport(path), content };
  };
  const first = await run('report.json', [...options, ...files]);
  const again = failedFiles(first.report);
  // Who names files looks at them now.
  if (files.length > 0 || again.length === 0 || again.length > SECOND_TRIES) return first;
  console.log(`\nOnce more, by itself: ${again.join(', ')}\n`);
  const alone = options.filter((option) => option !== '--coverage');
  const second = await run('second.json', [...alone, '--no-file-parallelism', ...again]);
  return { report: withSecondTry(first.report, second.report), content: second.content };
}
