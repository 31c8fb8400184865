/** Files that FFmpeg reads and does not write: parts of them compressed with zlib, and camcorders' AVI. */
import { deflateSync } from 'node:zlib';

const be = (value: number, bytes = 4): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};
const le = (...values: readonly number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);

/** An element of Matroska (RFC 8794), its size in eight bytes. */
function element(id: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(id, 'hex'), Buffer.from([1]), be(0, 1), be(body.length, 6), body]);
}

const MKV_RATE = 48_000;
const BLOCK_MS = 20;
const BLOCK_SAMPLES = (MKV_RATE * BLOCK_MS) / 1_000;
/** ContentEncodings with ContentCompAlgo 0, zlib, of all blocks (RFC 9559, 5.1.4.1.31). */
const zlib = element(
  '6d80',
  element('6240', element('5033', be(0)), element('5034', element('4254', be(0)))),
);

/** A film's sound and subtitles, as mkvmerge writes them: 440 Hz for `seconds` at 48 kHz, an eighth of full scale, and one of the tracks compressed. */
export function compressedMkv(compressed: 'sound' | 'subtitles', seconds: number): Buffer {
  const packed = (bytes: Buffer, isIt: boolean) => (isIt ? deflateSync(bytes) : bytes);
  const isSound = compressed === 'sound';
  const double = Buffer.alloc(8);
  double.writeDoubleBE(MKV_RATE);
  const format = element('e1', element('b5', double), element('9f', be(1)), element('6264', be(16)));
  const track = (number: number, type: number, codec: string, ...more: readonly Buffer[]) =>
    element(
      'ae',
      ...[element('d7', be(number)), element('73c5', be(number)), element('83', be(type, 1))],
      ...[element('86', Buffer.from(codec)), ...more],
    );
  const sound = track(1, 2, 'A_PCM/INT/LIT', format, ...(isSound ? [zlib] : []));
  const text = track(2, 17, 'S_TEXT/UTF8', ...(isSound ? [] : [zlib]));
  const clusters = Array.from({ length: seconds }, (_, second) => {
    const blocks = Array.from({ length: 1_000 / BLOCK_MS }, (_block, index) => {
      const before = second * MKV_RATE + index * BLOCK_SAMPLES;
      const pcm = Int16Array.from({ length: BLOCK_SAMPLES }, (_sample, at) =>
        Math.round(4_096 * Math.sin((2 * Math.PI * 440 * (before + at)) / MKV_RATE)),
      );
      const block = packed(Buffer.from(pcm.buffer), isSound);
      return element('a3', Buffer.from([0x81]), be(index * BLOCK_MS, 2), Buffer.from([0x80]), block);
    });
    const line = packed(Buffer.from('Hello'), !isSound);
    const group = element('a1', Buffer.from([0x82]), be(0, 2), Buffer.from([0]), line);
    return element(
      '1f43b675',
      element('e7', be(second * 1_000)),
      element('a0', group, element('9b', be(300))),
      ...blocks,
    );
  });
  const info = element('1549a966', element('2ad7b1', be(1_000_000)));
  return Buffer.concat([
    element('1a45dfa3', element('4282', Buffer.from('matroska')), element('4287', be(4))),
    element('18538067', info, element('1654ae6b', sound, text), ...clusters),
  ]);
}

const box = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([be(8 + body.length), Buffer.from(type, 'latin1'), body]);
};

/** The same film with its `moov` compressed (QuickTime File Format, "Compressed Movie Resources"). */
export function withCompressedMoov(mov: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < mov.length; ) {
    const part = mov.subarray(at, at + mov.readUInt32BE(at));
    const isMoov = part.toString('latin1', 4, 8) === 'moov';
    const packed = () =>
      box('cmov', box('dcom', Buffer.from('zlib')), box('cmvd', be(part.length), deflateSync(part)));
    parts.push(isMoov ? box('moov', packed()) : part);
    at += part.length;
  }
  return Buffer.concat(parts);
}

/** Bytes of a picture of PAL's DV, its sound within. */
const DV_FRAME_BYTES = 144_000;

const chunk = (id: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(id, 'latin1'), le(body.length), body]);
};

/** "Type 1": AVI with DV's own stream of pictures and sound, as Windows captured it ("DV Data in the AVI File Format"). */
export function typeOneAvi(dv: Buffer): Buffer {
  const frames = Math.floor(dv.length / DV_FRAME_BYTES);
  const avih = le(40_000, 3_600_000, 0, 0x10, frames, 0, 1, DV_FRAME_BYTES, 720, 576, 0, 0, 0, 0);
  const about = le(0, 0, 0, 1, 25, 0, frames, DV_FRAME_BYTES, 0xffff_ffff, 0, 0, 0);
  const stream = chunk(
    'LIST',
    Buffer.from('strl'),
    chunk('strh', Buffer.from('iavsdvsd'), about),
    chunk('strf', Buffer.alloc(32)),
  );
  const pictures = Array.from({ length: frames }, (_, index) =>
    chunk('00__', dv.subarray(index * DV_FRAME_BYTES, (index + 1) * DV_FRAME_BYTES)),
  );
  const header = chunk('LIST', Buffer.from('hdrl'), chunk('avih', avih), stream);
  return chunk('RIFF', Buffer.from('AVI '), header, chunk('LIST', Buffer.from('movi'), ...pictures));
}
