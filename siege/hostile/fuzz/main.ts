/** `npm run fuzz [-- --minutes N --seed S --write DIR --files N]`: changed files and requests, until something falls short. */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { randomOf } from '@wavefleet/tests/bring-up/random.ts';
import { numberOf, runCommand } from '../../command/command.ts';
import { makeSeeds } from '../craft/seeds.ts';
import { Ground } from '../run/ground.ts';
import { keep } from './findings.ts';
import { fuzzFiles } from './fuzz-files.ts';
import { fuzzRequests } from './fuzz-requests.ts';
import { mutated } from './mutate.ts';
import { madeOf } from './recipe.ts';

const MINUTES = 5;
/** That `--write` writes. */
const FILES = 1_000;
/** Of the time, what requests get: they are a thousand times as fast. */
const REQUEST_SHARE = 0.2;

async function fuzz(args: readonly string[], interrupted: AbortSignal): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      write: { type: 'string' },
      files: { type: 'string' },
    },
  });
  const seed = numberOf(values.seed, 'seed', (Date.now() % 1e9) + 1);
  const minutes = numberOf(values.minutes, 'minutes', MINUTES);
  const count = numberOf(values.files, 'files', FILES);
  requirePrograms();
  if (values.write !== undefined) return await writeFiles(values.write, count, seed);
  console.log(`seed ${seed}`);
  const ground = await Ground.prepare();
  try {
    return await attack(ground, seed, minutes * 60_000, interrupted);
  } finally {
    await ground.stop();
  }
}

async function attack(ground: Ground, seed: number, ms: number, signal: AbortSignal): Promise<boolean> {
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
  return requests.wrong.length + found === 0;
}

/** A folder of changed files, for `npm run hostile -- --dir`. */
async function writeFiles(folder: string, count: number, seed: number): Promise<boolean> {
  const seeds = await makeSeeds();
  const random = randomOf(seed);
  await mkdir(folder, { recursive: true });
  for (let number = 1; number <= count; number += 1) {
    const recipe = mutated(seeds, random);
    await writeFile(join(folder, `${String(number).padStart(5, '0')}-${recipe.seed}`), madeOf(recipe, seeds));
  }
  console.log(`${count} files in ${folder}, seed ${seed}`);
  return true;
}

await runCommand('fuzz', fuzz);
