/** `npm run faults [-- ID… --list --table --lanes N --jobs N]`: breaks everything that a fleet stands on, one after the other. */
import { parseArgs } from 'node:util';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { chosenOf, numberOf, runCommand } from '../command/command.ts';
import { inSeconds, verdictLine } from '../command/verdict-line.ts';
import { allCases } from './cases/all.ts';
import type { FaultCase } from './cases/case.ts';
import { shownElsewhere } from './cases/shown-elsewhere.ts';
import { elsewhereTableOf, tableOf } from './cases/table.ts';
import { logsOf, runCases } from './run/lanes.ts';
import type { CaseResult } from './run/run-case.ts';

/** Fleets side by side: cases wait for leases and outages more than they compute. */
const LANES = 3;
/** In each case, where nothing else decides. */
const JOBS = 20;
const ID_WIDTH = 22;

async function faults(args: readonly string[], signal: AbortSignal): Promise<boolean> {
  const { values, positionals } = parseArgs({
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
    for (const { id, breaks, file, test } of shownElsewhere)
      console.log(`${id.padEnd(ID_WIDTH)} ${breaks}: shown by ${file} "${test}"`);
    return true;
  }
  if (values.table) {
    console.log(`${tableOf(allCases)}\n\n${elsewhereTableOf(shownElsewhere)}`);
    return true;
  }
  const chosen = chosenOf(allCases, positionals, 'fault');
  const lanes = numberOf(values.lanes, 'lanes', LANES);
  const jobs = numberOf(values.jobs, 'jobs', JOBS);
  requirePrograms();
  const able = chosen.filter(({ unavailable }) => unavailable?.() === undefined);
  const startedAtMs = performance.now();
  let survived = 0;
  await runCases(able, { lanes, rig: { jobs }, signal }, (fault, result) => {
    if (result.shortfalls.length === 0) survived += 1;
    console.log(lineOf(fault, result));
  });
  for (const { id, breaks, unavailable } of chosen) {
    const reason = unavailable?.();
    if (reason !== undefined) console.log(`${id.padEnd(ID_WIDTH)} not run: ${reason} (${breaks})`);
  }
  console.log(
    `${chosen.length - able.length} not run, ${Math.round((performance.now() - startedAtMs) / 1000)} s`,
  );
  console.log(`faults survived ${survived}/${able.length}`);
  return survived === able.length;
}

function lineOf({ id, breaks }: FaultCase, result: CaseResult): string {
  const { shortfalls, jobs, extraAttempts, recoveryMs, tookMs, stalls, figures: measured } = result;
  const stood = stalls > 0 ? `, the machine stood still ${stalls} times` : '';
  const all = [
    `${jobs} jobs, ${extraAttempts} extra attempts`,
    `recovered in ${inSeconds(recoveryMs)}, took ${inSeconds(tookMs)}${stood}`,
    ...measured,
  ];
  const figures = all.join(', ');
  const verdict = { id, what: breaks, held: 'survived', shortfalls, figures } as const;
  return verdictLine({ ...verdict, seeAlso: `logs: ${logsOf(id)}` }, ID_WIDTH);
}

await runCommand('faults', faults);
