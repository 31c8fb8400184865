/**
 * `npm run bench [-- NAME… --compare FILE]`: measures and prints; judges nothing. `NAME:PART` measures a part where a bench
 * has some. With `--compare` each figure is shown beside that of an earlier run, whose output the file holds.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { benchApi } from './api.ts';
import { benchCalls } from './calls.ts';
import { benchCost } from './cost.ts';
import { benchFairness } from './fairness.ts';
import { type Figure, printFigures, readFigures } from './figures.ts';
import { benchFleet } from './fleet.ts';
import { benchLong } from './long.ts';
import { benchMemory } from './memory.ts';
import { benchProgress } from './progress.ts';
import { benchRecovery } from './recovery.ts';
import { benchSeams } from './seams.ts';
import { benchTiny } from './tiny.ts';

const benches: Record<string, (part?: string) => Promise<Figure[]>> = {
  long: benchLong,
  fleet: benchFleet,
  tiny: benchTiny,
  memory: benchMemory,
  progress: benchProgress,
  api: benchApi,
  recovery: benchRecovery,
  cost: benchCost,
  calls: benchCalls,
  fairness: benchFairness,
  seams: benchSeams,
};
/** Ten hours of sound: only whoever asks for it. */
const BY_NAME = 'fleet';

async function main(args: string[]): Promise<void> {
  const { positionals: names, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { compare: { type: 'string' } },
  });
  // Before anything is measured: a name that is wrong is said at once.
  const former =
    values.compare === undefined ? undefined : readFigures(await readFile(values.compare, 'utf8'));
  const unknown = names.filter((name) => !Object.hasOwn(benches, name.split(':')[0] ?? ''));
  if (unknown.length > 0) {
    throw new Error(`no bench named ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  }
  requirePrograms();
  const chosen = names.length === 0 ? Object.keys(benches).filter((name) => name !== BY_NAME) : names;
  const figures: Figure[] = [];
  for (const name of chosen) {
    console.log(`bench ${name}…`);
    const [bench = '', part] = name.split(':');
    figures.push(...((await benches[bench]?.(part)) ?? []));
  }
  printFigures(figures, former);
  console.log(`bench: ${figures.length} figures from ${chosen.join(', ')}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
