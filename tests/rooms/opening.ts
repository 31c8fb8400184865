/** Every file opens with a sentence that says what it is for. */
import type { SourceFile } from './imports.ts';

/** Folders whose files get theirs on another branch; to be emptied when that is merged. */
const NOT_YET: readonly string[] = ['worker/src/ffmpeg/'];

/** One sentence for a file without one. */
export function missingOpening({ path, text }: SourceFile, notYet: readonly string[] = NOT_YET): string[] {
  if (notYet.some((folder) => path.startsWith(folder))) return [];
  const [, , comment = ''] = /^(#!.*\n)?\/\*\*([\s\S]*?)\*\//.exec(text) ?? [];
  if (/\p{L}[\s\S]*[.!?]/u.test(comment)) return [];
  return [`${path} opens without a sentence: say in /** … */ on its first line what it is for`];
}
