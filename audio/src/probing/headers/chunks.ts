/** Files made of chunks: a name, a size, and that many bytes. */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from '../read-at.ts';

/** How one family writes them. */
export interface ChunkStyle {
  /** Bytes of name and size together. */
  readonly headerBytes: number;
  /** The name; undefined when these bytes cannot be one. */
  readonly nameOf: (header: Buffer) => string | undefined;
  /** Bytes behind the header; negative or huge when the writer did not know. */
  readonly sizeOf: (header: Buffer) => number;
  /** Chunks begin at multiples of this. */
  readonly alignment: 1 | 2 | 8;
}

/** A chunk as its header tells it. */
export interface Chunk {
  readonly name: string;
  /** Where its header begins. */
  readonly at: number;
  /** Where its bytes begin. */
  readonly bodyAt: number;
  readonly sizeBytes: number;
}

/** Real files have a handful before the sound. */
const MAX_CHUNKS = 64;
/** Written in ASCII letters, digits, signs and spaces. */
const printable = /^[\x20-\x7e]+$/;

/** Names of four letters, as RIFF, AIFF and CAF have them. */
export function fourLetters(header: Buffer): string | undefined {
  const name = header.toString('latin1', 0, 4);
  return printable.test(name) ? name : undefined;
}

/** Reads one. Undefined where there is none: at the end of the file, and where other bytes stand. */
async function chunkAt(file: FileHandle, style: ChunkStyle, at: number): Promise<Chunk | undefined> {
  const header = await readAt(file, at, style.headerBytes);
  if (header.length < style.headerBytes) return undefined;
  const name = style.nameOf(header);
  if (name === undefined) return undefined;
  return { name, at, bodyAt: at + style.headerBytes, sizeBytes: style.sizeOf(header) };
}

/** Where the next chunk begins. */
function endOf(chunk: Chunk, { alignment }: ChunkStyle): number {
  const end = chunk.bodyAt + chunk.sizeBytes;
  return Math.ceil(end / alignment) * alignment;
}

/** The chunks from there on, up to the one with the sound, which is the last. */
export async function chunksUpTo(
  file: FileHandle,
  style: ChunkStyle,
  from: number,
  lastName: string,
): Promise<Map<string, Chunk>> {
  const chunks = new Map<string, Chunk>();
  let at = from;
  for (let count = 0; count < MAX_CHUNKS; count += 1) {
    const chunk = await chunkAt(file, style, at);
    if (chunk === undefined) break;
    if (!chunks.has(chunk.name)) chunks.set(chunk.name, chunk);
    if (chunk.name === lastName || chunk.sizeBytes < 0) break;
    at = endOf(chunk, style);
  }
  return chunks;
}

/** Whether a chunk begins there that ends within the file. Sound has that by chance once in millions. */
export async function isChunkAt(
  file: FileHandle,
  style: ChunkStyle,
  at: number,
  fileBytes: number,
): Promise<boolean> {
  const chunk = await chunkAt(file, style, at);
  return chunk !== undefined && chunk.sizeBytes >= 0 && chunk.bodyAt + chunk.sizeBytes <= fileBytes;
}

/** Whether chunks stand there and nothing else, one behind the other up to the end of the file. Sound never has that. */
export async function areChunksAt(
  file: FileHandle,
  style: ChunkStyle,
  from: number,
  fileBytes: number,
): Promise<boolean> {
  let at = from;
  for (let count = 0; count < MAX_CHUNKS; count += 1) {
    const chunk = await chunkAt(file, style, at);
    if (chunk === undefined || chunk.sizeBytes < 0 || chunk.bodyAt + chunk.sizeBytes > fileBytes)
      return false;
    at = endOf(chunk, style);
    // What fills the last one up may be missing.
    if (at >= fileBytes) return true;
  }
  return false;
}
