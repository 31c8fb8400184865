/**
 * `node tests/rooms/check-rooms.ts [--lines]`, a part of `npm run check`: holds imports to the direction of rooms and
 * topics, and files to what every file promises. A sentence per violation, and one line at the end. `--lines` shows
 * how large the rooms are.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { circlesIn } from './circles.ts';
import { processUse, redisUse } from './confined.ts';
import { wrongRooms, wrongTopics } from './directions.ts';
import type { SourceFile } from './imports.ts';
import { sizesOf, tableOf, tooLarge } from './lines.ts';
import { missingOpening } from './opening.ts';
import { mixedModels } from './page.ts';
import { rooms } from './rooms.ts';

const root = join(import.meta.dirname, '..', '..');
/** What others wrote or what is made. */
const FOREIGN = new Set(['node_modules', 'dist', 'screenshots']);
/** Their texts are full of wrong imports. */
const OWN_TESTS = /^tests\/rooms\/.*\.test\.ts$/;

const files: SourceFile[] = globSync(`{${rooms.map(({ name }) => name).join(',')}}/**/*.{ts,tsx,css}`, {
  cwd: root,
  exclude: (name) => FOREIGN.has(name.split(sep).at(-1) ?? ''),
}).map((name) => ({
  path: name.replaceAll(sep, '/'),
  text: readFileSync(join(root, name), 'utf8'),
}));
const code = files.filter(({ path }) => /\.tsx?$/.test(path));
const readable = code.filter(({ path }) => !OWN_TESTS.test(path));

const sizes = sizesOf(files);
if (process.argv.includes('--lines')) console.log(tableOf(sizes));
const violations = [
  ...readable.flatMap((file) => [
    ...wrongRooms(file),
    ...wrongTopics(file),
    ...mixedModels(file),
    ...processUse(file),
    ...redisUse(file),
  ]),
  ...circlesIn(readable),
  ...code.flatMap((file) => missingOpening(file)),
  ...tooLarge(sizes),
];
for (const violation of violations) console.error(violation);
console.log(`rooms: ${code.length} files, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
