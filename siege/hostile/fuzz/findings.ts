/** What falls short of a changed file, made as small as it gets, and kept. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodes, isErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { z } from 'zod';
import { inOneLine, type Outcome } from '../run/send.ts';
import { type Recipe, recipeSchema } from './recipe.ts';

const folder = join(import.meta.dirname, '..', 'found');

const findingSchema = recipeSchema.extend({
  /** What it came to when it was found. */
  found: z.string(),
});
/** A recipe that fell short once. */
export type Finding = z.infer<typeof findingSchema>;

/** The sentence of what must not become of any file; undefined when all is well. */
export function wrongWith(outcome: Outcome): string | undefined {
  const { state, code } = outcome;
  if (state === 'completed') return undefined;
  if (state === 'hang' || state === '5xx') return inOneLine(outcome);
  if (code === undefined || !isErrorCode(code)) return `no code of ours: ${code}`;
  // Ours, or nobody's: whatever is in a file, it is told by what is wrong with the file.
  return errorCodes[code].status >= 500 ? code : undefined;
}

/** Leaves changes out, one after the other, as long as it stays wrong in the same way. */
export async function minimised(
  recipe: Recipe,
  isWrong: (smaller: Recipe) => Promise<boolean>,
): Promise<Recipe> {
  let smallest = recipe;
  for (let index = recipe.changes.length - 1; index >= 0 && smallest.changes.length > 1; index -= 1) {
    const smaller = { ...smallest, changes: smallest.changes.filter((_, at) => at !== index) };
    if (await isWrong(smaller)) smallest = smaller;
  }
  return smallest;
}

/** Writes it under a name that says what it is. */
export async function keep(finding: Finding): Promise<string> {
  const known = await readdir(folder);
  const stem = `${finding.seed.replace('.', '-')}-${finding.found.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  const number = known.filter((name) => name.startsWith(stem)).length + 1;
  const path = join(folder, `${stem}-${number}.json`);
  await writeFile(path, `${JSON.stringify(finding, null, 2)}\n`);
  return path;
}

/** All that were kept, by name. */
export async function allFound(): Promise<[name: string, finding: Finding][]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  return await Promise.all(
    names.map(
      async (name): Promise<[string, Finding]> => [
        name.replace(/\.json$/, ''),
        findingSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8'))),
      ],
    ),
  );
}
