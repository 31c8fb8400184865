/** Opening what the processes of segments wrote. */
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { openOwnFile } from '../own-files.ts';
import { CannotJoin, type JoinOrder } from './join.ts';

/**
 * Opens all segments, lets `use` work with them, and closes them whatever happens.
 * @param open looks into one file.
 * @throws CannotJoin where one is missing; what `open` and `use` throw.
 */
export async function withSegments<Opened, Result>(
  { cwd, segments }: Pick<JoinOrder, 'cwd' | 'segments'>,
  open: (file: FileHandle) => Promise<Opened>,
  use: (opened: {
    readonly first: Opened;
    readonly last: Opened;
    readonly all: readonly Opened[];
  }) => Promise<Result>,
): Promise<Result> {
  const files: FileHandle[] = [];
  try {
    const all: Opened[] = [];
    for (const { file: name } of segments) {
      const file = await openOwnFile(join(cwd, name));
      if (file === undefined) throw new CannotJoin('a segment is missing');
      files.push(file);
      all.push(await open(file));
    }
    const [first, last] = [all[0], all.at(-1)];
    if (first === undefined || last === undefined) throw new CannotJoin('there is no segment');
    return await use({ first, last, all });
  } finally {
    for (const file of files) await file.close();
  }
}
