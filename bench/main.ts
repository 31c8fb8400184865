/**
 * `npm run bench [-- NAME… --rounds N --compare FILE --chart FILE.svg --write]`: measures and prints; judges nothing.
 * `NAME:PART` measures a part where a bench has some. With `--compare` each figure is shown beside that of an earlier run,
 * whose output the file holds; `--chart` draws the ratios; `--write` puts what `speed` and `peers` have found where it is
 * read. `--from FILE` measures nothing, and takes the figures that earlier runs have printed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { benchApi } from './api.ts';
import { benchCalls } from './calls.ts';
import { drawRatios } from './chart.ts';
import { benchCost } from './cost.ts';
import { benchFairness } from './fairness.ts';
import { type Figure, printFigures, printLines, readFigures } from './figures.ts';
import { benchFleet } from './fleet.ts';
import { benchLong } from './long.ts';
import { benchMemory } from './memory.ts';
import { benchPeers, writePeers } from './peers/peers.ts';
import { benchProgress } from './progress.ts';
import { benchRecovery } from './recovery.ts';
import { benchSaturated } from './saturated.ts';
import { benchScale } from './scale.ts';
import { benchSeams } from './seams.ts';
import { benchSpeed, writeSpeed } from './speed.ts';
import { benchStream } from './stream.ts';
import { benchTiny } from './tiny.ts';

const benches: Record<string, (part?: string, rounds?: number) => Promise<Figure[]>> = {
  long: benchLong,
  fleet: benchFleet,
  tiny: benchTiny,
  saturated: benchSaturated,
  scale: benchScale,
  memory: benchMemory,
  progress: benchProgress,
  api: benchApi,
  recovery: benchRecovery,
  cost: benchCost,
  calls: benchCalls,
  fairness: benchFairness,
  seams: benchSeams,
  peers: benchPeers,
  speed: benchSpeed,
  stream: benchStream,
};
const writers: Record<string, (figures: readonly Figure[], part?: string) => Promise<void>> = {
  peers: writePeers,
  speed: writeSpeed,
};
/** Ten hours of sound: only whoever asks for it. */
const BY_NAME = 'fleet';

async function main(args: string[]): Promise<void> {
  const { positionals: names, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      compare: { type: 'string' },
      from: { type: 'string' },
      chart: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  // Before anything is measured: what is wrong is said at once.
  const former = await figuresIn(values.compare);
  const stored = await figuresIn(values.from);
  const rounds = roundsOf(values.rounds);
  const benchOf = (name: string) => name.split(':')[0] ?? '';
  const unknown = names.filter((name) => !Object.hasOwn(benches, benchOf(name)));
  if (unknown.length > 0) {
    throw new Error(`no bench named ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  }
  if (stored !== undefined && (names.length > 0 || values.write)) {
    throw new Error('--from measures nothing: neither a name nor --write goes with it');
  }
  if (values.write && !names.some((name) => Object.hasOwn(writers, benchOf(name)))) {
    throw new Error(`--write is of ${Object.keys(writers).join(' and ')}: name one of them`);
  }
  const all = Object.keys(benches).filter((name) => name !== BY_NAME);
  const chosen = stored !== undefined ? [] : names.length === 0 ? all : names;
  if (stored === undefined) requirePrograms();
  const figures: Figure[] = [...(stored ?? [])];
  printLines(figures);
  for (const name of chosen) {
    console.log(`bench ${name}…`);
    const [bench = '', part] = name.split(':');
    const found = (await benches[bench]?.(part, rounds)) ?? [];
    figures.push(...found);
    printLines(found);
    if (values.write) await writers[bench]?.(found, part);
  }
  printFigures(figures, former);
  if (values.chart !== undefined) await writeFile(values.chart, drawRatios(figures));
  console.log(`bench: ${figures.length} figures from ${values.from ?? chosen.join(', ')}`);
}

/** Undefined: as many as each bench makes by itself. */
function roundsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--rounds is ${text}, expected a whole number from 1 on`);
  return Number(text);
}

async function figuresIn(path: string | undefined): Promise<Figure[] | undefined> {
  return path === undefined ? undefined : readFigures(await readFile(path, 'utf8'));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  // What fetch throws says why only in its cause.
  const cause = error instanceof Error && error.cause !== undefined ? `: ${String(error.cause)}` : '';
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}${cause}`);
  process.exit(1);
});
