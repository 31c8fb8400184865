/** `npm run fuzz [-- --minutes N --seed S --write DIR --files N]`: changed files and requests, until something falls short. */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { randomNumbers } from '../craft/damage.ts';
import { makeSeeds } from '../craft/seeds.ts';
import { Ground } from '../run/ground.ts';
import { keep } from './findings.ts';
import { fuzzFiles } from './fuzz-files.ts';
import { fuzzRequests } from './fuzz-requests.ts';
import { mutated } from './mutate.ts';
import { madeOf } from './recipe.ts';

const MINUTES = 5;
/** Of the time, what requests get: they are a thousand times as fast. */
const REQUEST_SHARE = 0.2;

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      write: { type: 'string' },
      files: { type: 'string' },
    },
  });
  requirePrograms();
  const seed = Number(values.seed ?? Date.now() % 1e9);
  if (values.write !== undefined) return await writeFiles(values.write, Number(values.files ?? 1_000), seed);
  console.log(`seed ${seed}`);
  const ground = await Ground.prepare();
  try {
    await fuzz(ground, seed, Number(values.minutes ?? MINUTES) * 60_000);
  } finally {
    await ground.stop();
  }
}

async function fuzz(ground: Ground, seed: number, ms: number): Promise<void> {
  const { signal } = interrupted;
  const untilMs = performance.now() + ms;
  const requests = await fuzzRequests(ground, {
    seed,
    untilMs: performance.now() + ms * REQUEST_SHARE,
    signal,
  });
  for (const wrong of requests.wrong) console.log(`request: ${wrong}`);
  let found = 0;
  const files = await fuzzFiles(ground, {
    ...{ seed, untilMs, signal, abreast: availableParallelism() * 2 },
    onFinding: async (finding) => {
      found += 1;
      console.log(`file: ${finding.found}, kept as ${await keep(finding)}`);
    },
  });
  console.log(
    `requests ${requests.sent}, wrong ${requests.wrong.length}; files ${files}, findings ${found}; seed ${seed}`,
  );
  process.exitCode = requests.wrong.length + found === 0 ? 0 : 1;
}

/** A folder of changed files, for `npm run hostile -- --dir`. */
async function writeFiles(folder: string, count: number, seed: number): Promise<void> {
  const seeds = await makeSeeds();
  const random = randomNumbers(seed);
  await mkdir(folder, { recursive: true });
  for (let number = 1; number <= count; number += 1) {
    const recipe = mutated(seeds, random);
    await writeFile(join(folder, `${String(number).padStart(5, '0')}-${recipe.seed}`), madeOf(recipe, seeds));
  }
  console.log(`${count} files in ${folder}, seed ${seed}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`fuzz: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
