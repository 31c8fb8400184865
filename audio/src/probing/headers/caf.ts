/** Core Audio Format (Apple, "Core Audio Format Specification 1.0"). */
import { uint32BE } from '../../byte-order.ts';
import { readAt } from '../read-at.ts';
import { type ChunkStyle, chunksUpTo, fourLetters } from './chunks.ts';
import type { Patch } from './patch.ts';
import { containerBits, type HeaderReader, knownBytes, requireChannels } from './pcm-header.ts';

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
  const rate = about.readDoubleBE(0);
  const [flags, packetBytes] = [about.readUInt32BE(12), about.readUInt32BE(16)];
  const [framesPerPacket, channels, bits] = [
    about.readUInt32BE(20),
    about.readUInt32BE(24),
    about.readUInt32BE(28),
  ];
  requireChannels(channels);
  // What has packets of its own sizes has a table of them, and needs none of this.
  if (packetBytes === 0 || framesPerPacket === 0) return undefined;
  const isPlain = about.toString('latin1', 8, 12) === 'lpcm';
  const room =
    isPlain && channels > 0 && framesPerPacket === 1 ? containerBits(packetBytes, channels) : undefined;
  const isNarrow = (flags & FLOAT) === 0 && room !== undefined && bits > 0 && bits < room && room <= 32;
  const fixes: Patch[] = isNarrow ? [{ at: desc.bodyAt + 28, bytes: uint32BE(room) }] : [];
  const declaredBytes = knownBytes(data.sizeBytes - PREFIX_BYTES);
  return {
    style,
    dataAt: data.bodyAt + PREFIX_BYTES,
    declaredBytes,
    isFollowed: declaredBytes !== undefined,
    mostBytes: Number.POSITIVE_INFINITY,
    bytesPerSecond: rate > 0 ? (rate * packetBytes) / framesPerPacket : undefined,
    isAverage: false,
    validBits: isNarrow ? bits : undefined,
    fixes,
    sizePatches: (dataBytes) => [{ at: data.at + 4, bytes: int64(dataBytes + PREFIX_BYTES) }],
    samples: undefined,
    isMisread: false,
  };
};

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}
