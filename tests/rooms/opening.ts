/** Every file opens with a sentence that says what it is for. */
import type { SourceFile } from './imports.ts';

/** One sentence for a file without one. */
export function missingOpening({ path, text }: SourceFile): string[] {
  const [, , comment = ''] = /^(#!.*\n)?\/\*\*([\s\S]*?)\*\//.exec(text) ?? [];
  if (/\p{L}[\s\S]*[.!?]/u.test(comment)) return [];
  return [`${path} opens without a sentence: say in /** … */ on its first line what it is for`];
}
