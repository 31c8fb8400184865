/** What only certain files may touch: the process, and Redis. */
import { importsOf, isTest, type SourceFile, withoutComments } from './imports.ts';
import { roomOf } from './rooms.ts';

/** Rooms whose code gets its settings handed in; only their `main.ts` may look at the process. */
const withoutProcess = ['contracts', 'client', 'platform', 'api', 'worker', 'cli'];
/** The only ones that know that there is a Redis. */
const REDIS_HOME = /^platform\/src\/(progress\/|health\.ts$)/;

/** One sentence for a file that reads `process.*` without being where a process begins. */
export function processUse({ path, text }: SourceFile): string[] {
  if (!withoutProcess.includes(roomOf(path)) || isTest(path) || path.endsWith('/main.ts')) return [];
  if (!/\bprocess\.\w+/.test(withoutComments(text))) return [];
  return [`${path} reads process.*: only a main.ts does; hand the value in from there`];
}

/** One sentence per import of Redis' client where nothing may depend on it. */
export function redisUse(file: SourceFile): string[] {
  if (isTest(file.path) || REDIS_HOME.test(file.path)) return [];
  return importsOf(file)
    .filter(({ specifier }) => /^(io)?redis(\/|$)/.test(specifier))
    .map(
      ({ specifier }) =>
        `${file.path} imports ${specifier}: the fleet must work without Redis; what knows it belongs to platform/src/progress/`,
    );
}
