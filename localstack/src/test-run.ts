/** `npm test`: everything that needs no Docker, in one go; the last line says how it went. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { requirePrograms } from './programs.ts';

const root = join(import.meta.dirname, '..', '..');
const reportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
});

/** Answers whether the command succeeded. Its output is the user's to read. */
function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

requirePrograms();
const scratch = mkdtempSync(join(tmpdir(), 'wavefleet-test-'));
const report = join(scratch, 'report.json');
try {
  const checked = run('npm', ['run', '--silent', 'check']);
  const tested = run('vitest', [
    ...['run', '--coverage', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ...process.argv.slice(2),
  ]);
  const { numPassedTests, numFailedTests, numPendingTests } = reportSchema.parse(
    JSON.parse(readFileSync(report, 'utf8')),
  );
  const problems = [
    ...(checked ? [] : ['npm run check failed']),
    ...(tested || numFailedTests > 0 ? [] : ['coverage or the runner fell short']),
  ];
  for (const problem of problems) console.error(`test: ${problem}`);
  console.log(`tests: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
  process.exitCode = checked && tested ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
