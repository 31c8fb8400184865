/** Parts of documents that a run writes: whatever stands between two marks is what was measured last. */
import { readFile, writeFile } from 'node:fs/promises';

/**
 * The document with another text between `<!-- NAME:begin -->` and `<!-- NAME:end -->`.
 * @throws Error when the marks are not there.
 */
export function filledIn(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const from = document.indexOf(begin);
  const until = document.indexOf(end, from);
  if (from < 0 || until < 0) throw new Error(`the document has no ${begin} … ${end}`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(until)}`;
}

/** The same of a file. */
export async function fillIn(path: string, name: string, text: string): Promise<void> {
  await writeFile(path, filledIn(await readFile(path, 'utf8'), name, text));
}
