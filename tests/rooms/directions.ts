/** Imports against the direction of rooms and topics, as sentences that say where the line belongs. */
import { importsOf, isTest, type SourceFile } from './imports.ts';
import { roomOf, rooms } from './rooms.ts';
import { type Area, areas, type Topic } from './topics.ts';

/** One sentence per import that leaves its room in a way that it may not. */
export function wrongRooms(file: SourceFile): string[] {
  const mine = rooms.find(({ name }) => name === roomOf(file.path));
  if (mine === undefined) return [];
  return importsOf(file).flatMap(({ specifier, target }) => {
    const theirs = target === undefined ? undefined : roomOf(target);
    if (theirs === undefined || theirs === mine.name) return [];
    const found: string[] = [];
    if (!mine.may.includes(theirs)) {
      found.push(misplaced(file.path, specifier, mine, theirs, `${homeOf(rooms, mine.name, theirs)}/`));
    }
    if (specifier.startsWith('.')) {
      found.push(`${file.path} imports '${specifier}': another room is imported by its package name`);
    }
    return found;
  });
}

/** One sentence per import that goes against the direction of topics, and per file that belongs to none. */
export function wrongTopics(file: SourceFile): string[] {
  if (isTest(file.path)) return [];
  return areas
    .filter(({ root }) => file.path.startsWith(root))
    .flatMap((area) => {
      const mine = topicOf(area, file.path);
      if (mine === undefined) return [`${file.path} has no topic: give it one in tests/rooms/topics.ts`];
      return importsOf(file).flatMap(({ target }) => {
        if (target === undefined || !target.startsWith(area.root) || isTest(target)) return [];
        // Views of all topics get the models from there; `page.ts` says who else may not.
        if (target === 'web/src/services.ts' && file.path.endsWith('.tsx')) return [];
        const theirs = topicOf(area, target);
        if (theirs === undefined || theirs.name === mine.name || mine.may.includes(theirs.name)) return [];
        const home = area.topics.find(({ name }) => name === homeOf(area.topics, mine.name, theirs.name));
        const where = home === undefined ? area.root : placeOf(area, home);
        return [misplaced(file.path, target.slice(area.root.length), mine, theirs.name, where)];
      });
    });
}

function misplaced(
  path: string,
  imported: string,
  mine: { readonly name: string; readonly is: string },
  theirs: string,
  home: string,
): string {
  return `${path} imports ${imported}: ${mine.name} is ${mine.is}; what knows ${theirs} belongs to ${home}`;
}

/** The first, from the bottom up, that may know both. */
function homeOf(all: readonly { name: string; may: readonly string[] }[], a: string, b: string): string {
  const knows = (one: { name: string; may: readonly string[] }, name: string) =>
    one.name === name || one.may.includes(name);
  return all.find((each) => knows(each, a) && knows(each, b))?.name ?? b;
}

function topicOf({ root, topics }: Area, path: string): Topic | undefined {
  const first = path.slice(root.length).split('/')[0] ?? '';
  const named = topics.find(({ name, paths = [name] }) => paths.includes(first));
  return named ?? topics.find(({ paths }) => paths?.includes('*'));
}

/** Where a topic lives, for people. */
function placeOf({ root }: Area, { name, paths = [`${name}/`] }: Topic): string {
  return paths.map((path) => (path === '*' ? root : root + path)).join(' or ');
}
