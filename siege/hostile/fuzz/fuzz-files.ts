/** Changed files through the real fleet, for as long as there is time. */
import { randomOf } from '@wavefleet/tests/bring-up/random.ts';
import type { Ground } from '../run/ground.ts';
import { sendByUpload } from '../run/send.ts';
import { type Finding, minimised, wrongWith } from './findings.ts';
import { mutated } from './mutate.ts';
import { madeOf, type Recipe } from './recipe.ts';

/** A file of two seconds that takes longer hangs. */
const PATIENCE_MS = 90_000;

export interface FileFuzzing {
  readonly seed: number;
  readonly untilMs: number;
  /** Files that are on their way at once. */
  readonly abreast: number;
  readonly signal: AbortSignal;
  readonly onFinding: (finding: Finding) => Promise<void>;
}

/** @returns how many files were sent. Each lane has its own row of numbers, so that a seed says what is sent. */
export async function fuzzFiles(ground: Ground, fuzzing: FileFuzzing): Promise<number> {
  let sent = 0;
  const wrong = async (recipe: Recipe): Promise<string | undefined> => {
    const bytes = madeOf(recipe, ground.seeds);
    const outcome = await sendByUpload(ground, { name: recipe.seed, bytes, patienceMs: PATIENCE_MS });
    if (outcome.jobId !== undefined && outcome.state !== 'hang')
      await ground.post('/api/cleanup', { jobId: outcome.jobId });
    sent += 1;
    return wrongWith(outcome);
  };
  const lane = async (number: number) => {
    const random = randomOf(fuzzing.seed + number);
    while (performance.now() < fuzzing.untilMs && !fuzzing.signal.aborted) {
      const recipe = mutated(ground.seeds, random);
      const found = await wrong(recipe);
      if (found === undefined) continue;
      const smallest = await minimised(recipe, async (smaller) => (await wrong(smaller)) === found);
      await fuzzing.onFinding({ ...smallest, found });
    }
  };
  await Promise.all(Array.from({ length: fuzzing.abreast }, (_, number) => lane(number)));
  return sent;
}
