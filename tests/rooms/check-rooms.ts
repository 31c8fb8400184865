/**
 * The import-direction check of `npm run check`: `contracts ← platform ← {api, worker} ← localstack ← {tests,
 * bench}`, and
 * `process.*` only where a process begins. Prints every violation and one summary line.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

/** What each room may import besides itself. */
const mayImport: Record<string, readonly string[]> = {
  contracts: [],
  client: ['contracts'],
  platform: ['contracts'],
  api: ['contracts', 'platform'],
  worker: ['contracts', 'platform'],
  web: ['contracts', 'client'],
  cli: ['contracts', 'client', 'platform'],
  localstack: ['contracts', 'client', 'platform', 'api', 'worker'],
  tests: ['contracts', 'client', 'platform', 'api', 'worker', 'cli', 'localstack'],
  bench: ['contracts', 'client', 'platform', 'api', 'worker', 'localstack'],
};

/** Rooms whose code gets its settings handed in; only their `main.ts` may look at the process. */
const withoutProcess = ['contracts', 'platform', 'api', 'worker'];

/** @param file path from the repository's root, with forward slashes. */
export function violationsIn(file: string, text: string): string[] {
  const [room = ''] = file.split('/');
  const allowed = [room, ...(mayImport[room] ?? [])];
  const found: string[] = [];
  for (const [, specifier = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    const target = roomOf(file, specifier);
    if (target !== undefined && !allowed.includes(target))
      found.push(`${file}: ${room} may not import ${target}`);
    if (target !== undefined && target !== room && specifier.startsWith('.')) {
      found.push(`${file}: another room is imported by its package name, not by '${specifier}'`);
    }
  }
  const isEntry = /(\/main|\.test|\.testing)\.ts$/.test(file);
  if (withoutProcess.includes(room) && !isEntry && /\bprocess\.\w+/.test(withoutComments(text))) {
    found.push(`${file}: only main.ts reads process.*`);
  }
  return found;
}

function roomOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('@wavefleet/')) return specifier.split('/')[1];
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(file), specifier).split('/')[0];
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..', '..');
  const files = Object.keys(mayImport).flatMap((room) =>
    list(join(root, room, room === 'tests' || room === 'bench' ? '' : 'src'))
      .filter(
        (file) =>
          /\.tsx?$/.test(file) && !file.includes('node_modules') && !file.endsWith('check-rooms.test.ts'),
      )
      .map((file) => file.slice(root.length + 1).replaceAll(sep, '/')),
  );
  const violations = files.flatMap((file) => violationsIn(file, readFileSync(join(root, file), 'utf8')));
  for (const violation of violations) console.error(violation);
  console.log(`rooms: ${files.length} files, ${violations.length} violations`);
  process.exit(violations.length === 0 ? 0 : 1);
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name));
  } catch {
    return []; // a room that is not built yet
  }
}
