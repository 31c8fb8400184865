/** Sony Wave64: RIFF with names of 16 bytes and sizes of 8, which count the header too. */
import { readAt } from '../read-at.ts';
import { type ChunkStyle, chunksUpTo } from './chunks.ts';
import { type HeaderReader, knownBytes } from './pcm-header.ts';
import { parseFormat, uint64 } from './riff.ts';

const HEADER_BYTES = 24;
/** All names but the first end with these bytes of a GUID. */
const TAIL = Buffer.from('f3acd3118cd100c04f8edb8a', 'hex');

const style: ChunkStyle = {
  headerBytes: HEADER_BYTES,
  nameOf: (header) => (header.subarray(4, 16).equals(TAIL) ? header.toString('latin1', 0, 4) : undefined),
  sizeOf: (header) => Number(header.readBigInt64LE(16)) - HEADER_BYTES,
  alignment: 8,
};

/** Where the size of the whole file stands. FFmpeg goes by it no further than to refuse what has no room for any sound. */
const WHOLE_AT = 16;
const LEAST_WHOLE = 72n;

export const readW64: HeaderReader = async (file, start, fileBytes) => {
  if (start.toString('latin1', 0, 4) !== 'riff' || start.length < 40) return undefined;
  const chunks = await chunksUpTo(file, style, HEADER_BYTES + 16, 'data');
  const [data, fmt] = [chunks.get('data'), chunks.get('fmt ')];
  if (data === undefined || fmt === undefined) return undefined;
  const { fixes, ...format } = parseFormat(await readAt(file, fmt.bodyAt, 40), fmt.bodyAt);
  const isWhole = start.readBigInt64LE(WHOLE_AT) >= LEAST_WHOLE;
  const declaredBytes = knownBytes(data.sizeBytes);
  return {
    ...format,
    style,
    dataAt: data.bodyAt,
    declaredBytes,
    isFollowed: declaredBytes !== undefined,
    mostBytes: Number.POSITIVE_INFINITY,
    fixes: [...fixes, ...(isWhole ? [] : [{ at: WHOLE_AT, bytes: uint64(fileBytes) }])],
    sizePatches: (dataBytes) => [{ at: data.at + 16, bytes: uint64(dataBytes + HEADER_BYTES) }],
    samples: undefined,
  };
};
