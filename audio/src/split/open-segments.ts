/** Opening what the processes of segments wrote. */
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { openOwnFile } from '../own-files.ts';
import { CannotJoin, type JoinOrder } from './join.ts';

/** Segments that are opened when they are asked for, each once. */
export interface OpenedSegments<Opened> {
  /** Waits until it is there. @throws CannotJoin where it is missing; what `open` throws. */
  at(index: number): Promise<Opened>;
}

/**
 * Lets `use` work with segments as they come, and closes what was opened whatever happens.
 * @param open looks into one file.
 * @throws what `use` throws.
 */
export async function withSegments<Opened, Result>(
  { cwd, segments, arrivals }: Pick<JoinOrder, 'cwd' | 'segments' | 'arrivals'>,
  open: (file: FileHandle, index: number) => Promise<Opened>,
  use: (opened: OpenedSegments<Opened>) => Promise<Result>,
): Promise<Result> {
  const files: FileHandle[] = [];
  const opened = new Map<number, Opened>();
  const at = async (index: number): Promise<Opened> => {
    const known = opened.get(index);
    if (known !== undefined) return known;
    await arrivals?.of(index);
    const file = await openOwnFile(join(cwd, segments[index]?.file ?? ''));
    if (file === undefined) throw new CannotJoin('a segment is missing');
    files.push(file);
    const one = await open(file, index);
    opened.set(index, one);
    return one;
  };
  try {
    return await use({ at });
  } finally {
    for (const file of files) await file.close();
  }
}
