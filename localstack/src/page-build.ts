/** The page as the API serves it: built when it is missing or older than its sources. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const result = join(root, 'web', 'dist', 'index.html');
const sources = ['web/src', 'web/public', 'web/build', 'contracts/src', 'client/src'].map((folder) =>
  join(root, folder),
);
const singles = ['web/index.html', 'web/vite.config.ts', 'package-lock.json'].map((file) => join(root, file));

/** Takes about a second when there is something to do. @throws Error when it cannot be built. */
export async function ensurePage(): Promise<void> {
  const built = changedAt(result);
  const newest = Math.max(...sources.flatMap(filesBelow).map(changedAt), ...singles.map(changedAt));
  if (built > newest) return;
  // Only now: loading Vite takes longer than everything else here.
  const { build } = await import('vite');
  await build({ root: join(root, 'web'), logLevel: 'warn' });
}

/** Epoch ms, 0 for a file that is not there. */
function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
