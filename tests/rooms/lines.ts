/** How large the rooms are. */
import type { SourceFile } from './imports.ts';
import { roomOf } from './rooms.ts';

/** More than a fifth of all lines in one room means that the room holds more than one thing. */
const LARGEST_SHARE = 0.2;

export interface RoomSize {
  readonly room: string;
  readonly files: number;
  readonly lines: number;
  /** Of all rooms' lines. */
  readonly share: number;
}

/** Code and styles without their tests; helpers of tests count, since they are read as often. Largest first. */
export function sizesOf(files: readonly SourceFile[]): RoomSize[] {
  const counted = files.filter(({ path }) => !/\.test\.tsx?$/.test(path));
  const all = counted.reduce((sum, { text }) => sum + linesOf(text), 0);
  const byRoom = Map.groupBy(counted, ({ path }) => roomOf(path));
  return [...byRoom]
    .map(([room, its]) => {
      const lines = its.reduce((sum, { text }) => sum + linesOf(text), 0);
      return { room, files: its.length, lines, share: lines / all };
    })
    .sort((a, b) => b.lines - a.lines);
}

/** One sentence per room that is too large. */
export function tooLarge(sizes: readonly RoomSize[]): string[] {
  return sizes
    .filter(({ share }) => share > LARGEST_SHARE)
    .map(
      ({ room, lines, share }) =>
        `${room}/ has ${lines} lines, ${percent(share)} of all: above ${percent(LARGEST_SHARE)} a room holds more than one thing; find the one that could stand by itself`,
    );
}

/** For people. */
export function tableOf(sizes: readonly RoomSize[]): string {
  const row = (room: string, files: number, lines: number, share: number) =>
    `${room.padEnd(12)}${String(files).padStart(7)}${String(lines).padStart(8)}${percent(share).padStart(9)}`;
  const sum = (pick: (size: RoomSize) => number) => sizes.reduce((total, size) => total + pick(size), 0);
  return [
    `${'room'.padEnd(12)}${'files'.padStart(7)}${'lines'.padStart(8)}${'share'.padStart(9)}`,
    ...sizes.map(({ room, files, lines, share }) => row(room, files, lines, share)),
    row(
      'all',
      sum(({ files }) => files),
      sum(({ lines }) => lines),
      1,
    ),
  ].join('\n');
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const linesOf = (text: string) => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
