/** What a file of this repository imports from it, and from packages. */
import { posix } from 'node:path';

/** A source file: its path from the repository's root, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** The file of this repository that is meant; undefined for packages of others. */
  readonly target: string | undefined;
}

/** Statements begin their line, since the code is formatted; `import(…)` and its types may stand anywhere. */
const IMPORTS = /^(?:import|export)\b(?:[^'";]*?\bfrom)?\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm;

/** Type imports count as well: who knows the shape of a thing knows the thing. */
export function importsOf({ path, text }: SourceFile): Import[] {
  return [...withoutComments(text).matchAll(IMPORTS)].map(([, statement, call]) => {
    const specifier = statement ?? call ?? '';
    return { specifier, target: targetOf(path, specifier) };
  });
}

function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier);
  const [, room, rest] = /^@wavefleet\/([^/]+)\/(.+)$/.exec(specifier) ?? [];
  return room === undefined ? undefined : `${room}/src/${rest}`;
}

/** Line by line, so that positions of statements stay what they are. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** `*.test.ts` and what only tests import: rules for production code hold for neither. */
export function isTest(path: string): boolean {
  return /\.(test|testing)\.tsx?$/.test(path) || /^(tests|bench)\//.test(path);
}
