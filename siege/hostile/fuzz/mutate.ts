/** Changes at random, where they hurt. */
import { type SeedName, type Seeds, seedNames } from '../craft/seeds.ts';
import { type Field, fieldsOf } from './fields.ts';
import { type Change, madeOf, type Recipe } from './recipe.ts';

/** Of one file. More are undone by the first. */
const MOST_CHANGES = 5;
/** Of changes, those that hit a number of a header. */
const FIELD_SHARE = 0.7;
/** Bytes in front, where all containers have their headers. */
const HEAD_BYTES = 4_096;

/** A file that nobody has seen. @param random numbers from 0 up to and without 1. */
export function mutated(seeds: Seeds, random: () => number, only?: SeedName): Recipe {
  const seed = only ?? pick(seedNames, random);
  const changes: Change[] = [];
  const count = 1 + Math.floor(random() ** 2 * MOST_CHANGES);
  for (let index = 0; index < count; index += 1) {
    const file = madeOf({ seed, changes }, seeds);
    if (file.length < 16) break;
    changes.push(random() < FIELD_SHARE ? fieldChange(file, random) : byteChange(file, random));
  }
  return { seed, changes };
}

function fieldChange(file: Buffer, random: () => number): Change {
  const { at, bytes, order } = pick(fieldsOf(file), random);
  const number = Buffer.alloc(bytes);
  const value = valueFor(file, { at, bytes, order }, random);
  if (order === 'LE') number.writeUIntLE(value, 0, bytes);
  else number.writeUIntBE(value, 0, bytes);
  return { kind: 'set', at, hex: number.toString('hex') };
}

/** What programs forget: nothing, one, all bits, the sign, one more and one less than there is, what lies outside. */
function valueFor(file: Buffer, { at, bytes, order }: Field, random: () => number): number {
  const limit = 256 ** bytes;
  if (at + bytes > file.length) return 0;
  const now = order === 'LE' ? file.readUIntLE(at, bytes) : file.readUIntBE(at, bytes);
  const values = [
    ...[
      0,
      1,
      2,
      limit - 1,
      limit - 2,
      limit / 2,
      limit / 2 - 1,
      now + 1,
      now - 1,
      now * 2,
      Math.floor(now / 2),
    ],
    ...[
      file.length,
      file.length - at,
      file.length + 1,
      now ^ (1 << Math.floor(random() * 8 * Math.min(bytes, 3))),
    ],
    Math.floor(random() * limit),
  ];
  const value = pick(values, random);
  return ((Math.floor(value) % limit) + limit) % limit;
}

function byteChange(file: Buffer, random: () => number): Change {
  const within = random() < 0.5 ? Math.min(HEAD_BYTES, file.length) : file.length;
  const at = Math.floor(random() * within);
  const length = 1 + Math.floor(random() ** 3 * Math.min(4_096, file.length - at));
  const noise = (): string =>
    Buffer.from(Array.from({ length: Math.min(length, 32) }, () => Math.floor(random() * 256))).toString(
      'hex',
    );
  const kinds: readonly (() => Change)[] = [
    () => ({ kind: 'set', at, hex: noise() }),
    () => ({ kind: 'insert', at, hex: noise() }),
    () => ({ kind: 'remove', at, length }),
    () => ({ kind: 'repeat', at, length, times: 1 + Math.floor(random() * 16) }),
    () => ({ kind: 'cut', at: Math.max(16, Math.floor(random() * file.length)) }),
  ];
  return pick(kinds, random)();
}

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
