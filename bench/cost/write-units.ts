/**
 * What a write of DynamoDB costs, by its own rules (AWS: "DynamoDB item sizes and formats", "Read and write request
 * units", "Global secondary indexes: provisioned throughput considerations"): emulators do not count indexes.
 */
import { z } from 'zod';

/** An attribute as the wire has it, e.g. `{"S": "text"}`. */
type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean }
  | { readonly M: Item }
  | { readonly L: readonly Attribute[] }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] };
/** A stored item, in DynamoDB's own JSON. */
export interface Item {
  readonly [name: string]: Attribute;
}

const attributeSchema: z.ZodType<Attribute> = z.lazy(() =>
  z.union([
    z.object({ S: z.string() }),
    z.object({ N: z.string() }),
    z.object({ B: z.string() }),
    z.object({ BOOL: z.boolean() }),
    z.object({ NULL: z.boolean() }),
    z.object({ M: itemSchema }),
    z.object({ L: z.array(attributeSchema) }),
    z.object({ SS: z.array(z.string()) }),
    z.object({ NS: z.array(z.string()) }),
  ]),
);
export const itemSchema: z.ZodType<Item> = z.lazy(() => z.record(z.string(), attributeSchema));

/** What of a table's description decides the price of a write. */
export interface TableShape {
  readonly hashKey: { readonly name: string };
  readonly indexes: readonly {
    readonly hashKey: { readonly name: string };
    readonly rangeKey: { readonly name: string };
    readonly projection: string;
    /** With the projection INCLUDE: what it holds beside the keys. */
    readonly attributes?: readonly string[];
  }[];
}

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

const bytes = (text: string) => Buffer.byteLength(text);

/** Numbers: a byte for two digits, and one more. */
const numberBytes = (text: string) => Math.ceil(text.replace(/^-?0*|\.|e.*$/gi, '').length / 2) + 1;

function attributeBytes(attribute: Attribute): number {
  if ('S' in attribute) return bytes(attribute.S);
  if ('N' in attribute) return numberBytes(attribute.N);
  if ('B' in attribute) return Buffer.from(attribute.B, 'base64').length;
  if ('SS' in attribute) return attribute.SS.reduce((sum, text) => sum + bytes(text), 0);
  if ('NS' in attribute) return attribute.NS.reduce((sum, text) => sum + numberBytes(text), 0);
  if ('L' in attribute) return attribute.L.reduce((sum, each) => sum + 1 + attributeBytes(each), 3);
  if ('M' in attribute) return itemBytes(attribute.M) + Object.keys(attribute.M).length + 3;
  return 1;
}

/** The size of an item: its names and its values. */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + bytes(name) + attributeBytes(value), 0);
}

const units = (item: Item | undefined) =>
  item === undefined ? 0 : Math.max(1, Math.ceil(itemBytes(item) / WRITE_UNIT_BYTES));

/** Read units for so many bytes. @param isConsistent default: no, which costs half. */
export function readUnits(sizeBytes: number, isConsistent = false): number {
  return Math.max(1, Math.ceil(sizeBytes / READ_UNIT_BYTES)) * (isConsistent ? 1 : 0.5);
}

/**
 * Write units of one change, on the table and on every index. A write whose condition fails changes nothing and costs
 * the table's units all the same.
 * @param before undefined when there was no item. @param after undefined when there is none any more.
 */
export function writeUnits(table: TableShape, before: Item | undefined, after: Item | undefined): number {
  const onTable = Math.max(1, units(before), units(after));
  return table.indexes.reduce((sum, index) => sum + indexUnits(table, index, before, after), onTable);
}

function indexUnits(
  table: TableShape,
  index: TableShape['indexes'][number],
  before: Item | undefined,
  after: Item | undefined,
): number {
  const [was, is] = [before, after].map((item) => entryOf(table, index, item));
  const same = JSON.stringify(was) === JSON.stringify(is);
  if (same) return 0;
  const keys = [index.hashKey.name, index.rangeKey.name];
  const moves = keys.some((key) => JSON.stringify(was?.[key]) !== JSON.stringify(is?.[key]));
  // An entry whose key changes is deleted and put; one that appears or goes is one of both.
  return moves ? units(was) + units(is) : Math.max(units(was), units(is));
}

/** What the index holds of an item; undefined for one that lacks a key of it. */
function entryOf(
  { hashKey }: TableShape,
  index: TableShape['indexes'][number],
  item: Item | undefined,
): Item | undefined {
  if (item === undefined) return undefined;
  const keys = [index.hashKey.name, index.rangeKey.name];
  if (keys.some((key) => item[key] === undefined)) return undefined;
  const held = [...keys, hashKey.name, ...(index.attributes ?? [])];
  const names = index.projection === 'ALL' ? Object.keys(item) : held;
  return Object.fromEntries(
    names.toSorted().flatMap((name) => {
      const value = item[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
