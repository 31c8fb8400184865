/**
 * The documents' part of `npm run check`: the files, commands and tests that a document names must be there. Looks at
 * every Markdown file of the repository. Prints every problem and one summary line.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, matchesGlob, posix } from 'node:path';
import { z } from 'zod';
import { readCriteria } from '../criteria/document.ts';
import { hasTest, namedTestsIn } from './named-tests.ts';

/** What documents are held against. */
export interface Repository {
  /** Every file that is not ignored, from the root, with forward slashes. */
  readonly files: readonly string[];
  /** The scripts of `package.json`. */
  readonly scripts: readonly string[];
  read(file: string): string;
  /** Whether git ignores what would lie there: it is made, and need not be there now. */
  isMade(path: string): boolean;
}

/** Whose table rows each make a promise, and so each name a test. */
const GUARANTEES = 'docs/guarantees.md';
/** Which has a line for every criterion. */
const ACCEPTANCE = 'docs/acceptance.md';
/** A bare name in a code span counts as a file when it ends like one. */
const fileName = /^[\w.*<>-]+\.(tsx?|tf|tfvars|hcl|json|md|sh|ya?ml)$/;
/**
 * One sentence per problem.
 * @param doc the document's path from the root.
 */
export function problemsIn(doc: string, text: string, repository: Repository): string[] {
  const beside = (path: string) => posix.join(posix.dirname(doc), path);
  const { prose, code } = split(text);
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  const words = [...spans, ...code.split(/\s+/)];
  const problems = [
    ...linksIn(prose).flatMap(({ file, heading }) => {
      const target = { file: file === '' ? doc : beside(file), heading };
      return [...missing(target.file, repository), ...missingHeading(target, repository)];
    }),
    ...words.filter((word) => isPath(word, repository)).flatMap((path) => missing(path, repository)),
    ...spans
      .filter((span) => fileName.test(span) && !repository.isMade(beside(span)))
      .flatMap((name) => missing(`**/${name}`, repository)),
    ...missingScripts(text, repository),
    ...missingTests(prose, repository),
    ...(doc === GUARANTEES ? rowsWithoutTest(prose) : []),
    ...(doc === ACCEPTANCE ? readCriteria(text).problems : []),
  ];
  return [...new Set(problems)].map((problem) => `${doc}: ${problem}`);
}

/** Fenced blocks hold commands, everything else names things in code spans and links. */
function split(text: string): { readonly prose: string; readonly code: string } {
  const parts = text.split(/^ *```.*$/m);
  const every = (rest: 0 | 1) => parts.filter((_, index) => index % 2 === rest).join('\n');
  return { prose: every(0), code: every(1) };
}

/** What a link within the repository points at; `file` is empty for the document itself. */
interface Target {
  readonly file: string;
  readonly heading: string | undefined;
}

function linksIn(prose: string): Target[] {
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', heading] = target.split('#');
      return { file, heading };
    });
}

/** What GitHub makes of a heading for links: lower case, no punctuation, hyphens for spaces. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

function missingHeading({ file, heading }: Target, { read, files }: Repository): string[] {
  if (heading === undefined || !files.includes(file)) return [];
  const headings = [...split(read(file)).prose.matchAll(/^#+ (.+)$/gm)].map(([, name = '']) =>
    anchorOf(name),
  );
  return headings.includes(heading) ? [] : [`${file} has no heading #${heading}`];
}

/** `<stage>.ts` stands for any name, as `*` does. */
const asGlob = (path: string) => path.replaceAll(/<[\w-]+>/g, '*').replace(/\/$/, '');

/** Whether a word begins like something at the root: `platform/src/config.ts`, not `/api/jobs` or `a/b`. */
function isPath(word: string, { files }: Repository): boolean {
  const [first = '', second] = word.split('/');
  if (second === undefined || !/^[\w./*{},<>-]+$/.test(word)) return false;
  const roots = first.startsWith('{') ? first.slice(1, -1).split(',') : [first];
  return roots.every((root) => files.some((file) => file.startsWith(`${root}/`)));
}

function missing(path: string, { files, isMade }: Repository): string[] {
  const glob = asGlob(path);
  const isThere = files.some((file) => matchesGlob(file, glob) || matchesGlob(file, `${glob}/**`));
  return isThere || glob === '.' || isMade(glob) ? [] : [`there is no ${path.replace(/^\*\*\//, '')}`];
}

function missingScripts(text: string, { scripts }: Repository): string[] {
  const named = [...text.matchAll(/\bnpm run (?:--silent |-s )?([a-z][\w:-]*)/g)];
  return named.flatMap(([, name = '']) => (scripts.includes(name) ? [] : [`there is no npm run ${name}`]));
}

function missingTests(prose: string, { files, read }: Repository): string[] {
  return namedTestsIn(prose).flatMap(({ file, title }) => {
    if (!files.includes(file)) return [`there is no ${file}`];
    return hasTest(read(file), title) ? [] : [`${file} has no test "${title}"`];
  });
}

function rowsWithoutTest(prose: string): string[] {
  const rows = prose.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| promise'));
  return rows
    .filter((row) => namedTestsIn(row).length === 0)
    .map((row) => `names no test: ${row.slice(0, 80)}`);
}

/** The repository in `root`, as git sees it. */
export function repositoryIn(root: string): Repository {
  const options = { cwd: root, encoding: 'utf8' } as const;
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout: listed } = spawnSync('git', list, options);
  const manifest = z.object({ scripts: z.record(z.string(), z.string()) });
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  return {
    files: listed.split('\n').filter((line) => line !== ''),
    scripts: Object.keys(manifest.parse(JSON.parse(read('package.json'))).scripts),
    read,
    // With a slash as well: rules such as `dist/` are for folders alone.
    isMade: (path) => spawnSync('git', ['check-ignore', '--', path, `${path}/`], options).status === 0,
  };
}

if (import.meta.main) {
  const repository = repositoryIn(join(import.meta.dirname, '..', '..'));
  const docs = repository.files.filter((file) => file.endsWith('.md'));
  const problems = docs.flatMap((doc) => problemsIn(doc, repository.read(doc), repository));
  for (const problem of problems) console.error(problem);
  console.log(`docs: ${docs.length} files, ${problems.length} problems`);
  process.exit(problems.length === 0 ? 0 : 1);
}
