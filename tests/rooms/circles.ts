/** Files that import each other in a circle: none of them can be read or changed by itself. */
import { importsOf, type SourceFile } from './imports.ts';

/** One sentence per circle, which names the files on its way. */
export function circlesIn(files: readonly SourceFile[]): string[] {
  const graph = new Map(
    files.map((file) => [file.path, importsOf(file).flatMap(({ target }) => target ?? [])]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const seenAt = way.indexOf(path);
    if (seenAt >= 0) {
      const circle = [...way.slice(seenAt), path].join(' → ');
      found.push(`${circle}: a circle; what both sides need belongs to a file of its own below them`);
    }
    if (seenAt >= 0 || done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}
