/** What the demo calls the results of several files, none of which may take another's place. */
import { basename, extname } from 'node:path';

/**
 * One name for each file, without the ending of its format: `song` for `song.flac`, and `song.flac` where a `song.wav` is
 * there as well. Disks that take capitals for small letters are thought of.
 */
export function resultNames(paths: readonly string[]): string[] {
  const stems = paths.map((path) => basename(path, extname(path)));
  const timesOf = (stem: string) => stems.filter((other) => sameOnDisk(other) === sameOnDisk(stem)).length;
  const taken = new Set<string>();
  return paths.map((path, index) => {
    const stem = stems[index] ?? '';
    const wanted = timesOf(stem) === 1 ? stem : basename(path);
    let name = wanted;
    for (let count = 2; taken.has(sameOnDisk(name)); count += 1) name = `${wanted} (${count})`;
    taken.add(sameOnDisk(name));
    return name;
  });
}

const sameOnDisk = (name: string) => name.toLowerCase();
