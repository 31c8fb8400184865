/** `npm run faults [-- ID… --list --table --lanes N --jobs N]`: breaks everything that a fleet stands on, one after the other. */
import { parseArgs } from 'node:util';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { allCases } from './cases/all.ts';
import type { FaultCase } from './cases/case.ts';
import { tableOf } from './cases/table.ts';
import { logsOf, runCases } from './run/lanes.ts';
import type { CaseResult } from './run/run-case.ts';

/** Fleets side by side: cases wait for leases and outages more than they compute. */
const LANES = 3;
/** In each case, where nothing else decides. */
const JOBS = 20;
const ID_WIDTH = 22;

/** Ctrl-C ends the case under way and stops what was started. */
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals: names } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      list: { type: 'boolean' },
      table: { type: 'boolean' },
      lanes: { type: 'string' },
      jobs: { type: 'string' },
    },
  });
  if (values.list) {
    for (const { id, breaks } of allCases) console.log(`${id.padEnd(ID_WIDTH)} ${breaks}`);
    return;
  }
  if (values.table) {
    console.log(tableOf(allCases));
    return;
  }
  const unknown = names.filter((name) => !allCases.some(({ id }) => id === name));
  if (unknown.length > 0) throw new Error(`no fault named ${unknown.join(', ')}; --list shows them`);
  requirePrograms();
  const chosen = allCases.filter(({ id }) => names.length === 0 || names.includes(id));
  const able = chosen.filter(({ unavailable }) => unavailable?.() === undefined);
  const startedAtMs = performance.now();
  let survived = 0;
  const { signal } = interrupted;
  const options = {
    lanes: Number(values.lanes ?? LANES),
    rig: { jobs: Number(values.jobs ?? JOBS) },
    signal,
  };
  await runCases(able, options, (fault, result) => {
    if (result.shortfalls.length === 0) survived += 1;
    console.log(row(fault, result));
  });
  for (const { id, breaks, unavailable } of chosen) {
    const reason = unavailable?.();
    if (reason !== undefined) console.log(`${id.padEnd(ID_WIDTH)} not run: ${reason} (${breaks})`);
  }
  console.log(
    `${chosen.length - able.length} not run, ${Math.round((performance.now() - startedAtMs) / 1000)} s`,
  );
  console.log(`faults survived ${survived}/${able.length}`);
  process.exitCode = survived === able.length ? 0 : 1;
}

function row({ id, breaks }: FaultCase, result: CaseResult): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const stood = result.stalls > 0 ? `, the machine stood still ${result.stalls} times` : '';
  const figures = `${result.jobs} jobs, ${result.extraAttempts} extra attempts, recovered in ${seconds(result.recoveryMs)}, took ${seconds(result.tookMs)}${stood}`;
  const how = result.shortfalls.length === 0 ? 'survived' : 'FELL SHORT';
  const told = result.shortfalls.slice(0, 6).map((sentence) => `\n         ${sentence}`);
  if (told.length > 0) told.push(`\n         logs: ${logsOf(id)}`);
  return `${id.padEnd(ID_WIDTH)} ${how.padEnd(10)} ${breaks} (${figures})${told.join('')}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`faults: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
