/** Core Audio Format (Apple, "Core Audio Format Specification 1.0"). */
import { uint32BE } from '../../byte-order.ts';
import { readAt } from '../read-at.ts';
import { type ChunkStyle, chunksUpTo, fourLetters } from './chunks.ts';
import { containerBits, type HeaderReader, type Patch } from './pcm-header.ts';

const style: ChunkStyle = {
  headerBytes: 12,
  nameOf: fourLetters,
  sizeOf: (header) => Number(header.readBigInt64BE(4)),
  alignment: 1,
};

/** The sound begins behind a count of edits. */
const PREFIX_BYTES = 4;
const FLOAT = 1;

export const readCaf: HeaderReader = async (file, start) => {
  if (start.toString('latin1', 0, 4) !== 'caff') return undefined;
  const chunks = await chunksUpTo(file, style, 8, 'data');
  const [data, desc] = [chunks.get('data'), chunks.get('desc')];
  const about = desc && (await readAt(file, desc.bodyAt, 32));
  if (data === undefined || desc === undefined || about === undefined || about.length < 32) return undefined;
  // What is not plain samples has packets, and a table of them.
  if (about.toString('latin1', 8, 12) !== 'lpcm') return undefined;
  const rate = about.readDoubleBE(0);
  const [flags, packetBytes] = [about.readUInt32BE(12), about.readUInt32BE(16)];
  const [framesPerPacket, channels, bits] = [
    about.readUInt32BE(20),
    about.readUInt32BE(24),
    about.readUInt32BE(28),
  ];
  const room = channels > 0 && framesPerPacket === 1 ? containerBits(packetBytes, channels) : undefined;
  const isNarrow = (flags & FLOAT) === 0 && room !== undefined && bits > 0 && bits < room && room <= 32;
  const depthPatches: Patch[] = isNarrow ? [{ at: desc.bodyAt + 28, bytes: uint32BE(room) }] : [];
  return {
    style,
    dataAt: data.bodyAt + PREFIX_BYTES,
    declaredBytes: data.sizeBytes > PREFIX_BYTES ? data.sizeBytes - PREFIX_BYTES : undefined,
    bytesPerSecond:
      rate > 0 && packetBytes > 0 && framesPerPacket > 0 ? (rate * packetBytes) / framesPerPacket : undefined,
    validBits: isNarrow ? bits : undefined,
    depthPatches,
    sizePatches: (dataBytes) => [{ at: data.at + 4, bytes: int64(dataBytes + PREFIX_BYTES) }],
  };
};

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}
