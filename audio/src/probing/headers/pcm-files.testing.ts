/** Files of plain samples, byte by byte: 8 kHz, mono, and headers that may say anything. */

/** Numbers of 2, 4 or 8 bytes, the least first; `be` turns them. */
export const u16 = (...values: number[]) => Buffer.from(new Uint16Array(values).buffer);
export const u32 = (...values: number[]) => Buffer.from(new Uint32Array(values).buffer);
const u64 = (...values: number[]) => Buffer.from(new BigInt64Array(values.map(BigInt)).buffer);
const be = (bytes: Buffer) => Buffer.from(bytes).reverse();
export const joined = (...parts: (Buffer | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
/** Sound that is no silence and no name of a chunk. */
export const sound = (bytes: number) => Buffer.alloc(bytes, 0x81);

/** 8 kHz mono 16 bit: 16,000 bytes a second. */
export function wav(declaredBytes: number, tail: Buffer, between = Buffer.alloc(0)): Buffer {
  const fmt = joined('fmt ', u32(16), u16(1, 1), u32(8_000, 16_000), u16(2, 16));
  return joined('RIFF', u32(36 + declaredBytes), 'WAVE', fmt, between, 'data', u32(declaredBytes), tail);
}
/** The same with the extended format: samples of `bits` in `room`, `valid` of them. */
export function extensible(bits: number, room: number, valid: number, tail: Buffer): Buffer {
  const block = room / 8;
  const guid = Buffer.from('010000000000100080' + '0000aa00389b71', 'hex');
  const fmt = joined(u16(0xfffe, 1), u32(8_000, 8_000 * block), u16(block, bits, 22, valid), u32(4), guid);
  return joined('RIFF', u32(60 + tail.length), 'WAVE', 'fmt ', u32(40), fmt, 'data', u32(tail.length), tail);
}
export function rf64(declaredBytes: number, tail: Buffer): Buffer {
  const ds64 = joined('ds64', u32(28), u64(0, declaredBytes, 0), u32(0));
  const fmt = joined('fmt ', u32(16), u16(1, 1), u32(8_000, 16_000), u16(2, 16));
  return joined('RF64', u32(0xffff_ffff), 'WAVE', ds64, fmt, 'data', u32(0xffff_ffff), tail);
}
export function w64(declaredBytes: number, tail: Buffer): Buffer {
  const guid = (name: string) => joined(name, Buffer.from('f3acd3118cd100c04f8edb8a', 'hex'));
  const riff = Buffer.from('726966662e91cf11a5d628db04c10000', 'hex');
  const fmt = joined(guid('fmt '), u64(40), u16(1, 1), u32(8_000, 16_000), u16(2, 16));
  return joined(
    riff,
    u64(104 + declaredBytes),
    guid('wave'),
    fmt,
    guid('data'),
    u64(declaredBytes + 24),
    tail,
  );
}
export function aiff(declaredBytes: number, tail: Buffer): Buffer {
  const rate = Buffer.from('400bfa00000000000000', 'hex'); // 8000 as an 80-bit number
  const comm = joined('COMM', be(u32(18)), be(u16(1)), be(u32(declaredBytes / 2)), be(u16(16)), rate);
  return joined(
    ...['FORM', be(u32(46 + declaredBytes)), 'AIFF', comm],
    ...['SSND', be(u32(declaredBytes + 8)), u64(0), tail],
  );
}
/** AIFF-C: samples of a kind, `bits` of each. */
export function aifc(kind: string, declaredBytes: number, tail: Buffer, bits = 16): Buffer {
  const rate = Buffer.from('400bfa00000000000000', 'hex'); // 8000 as an 80-bit number
  const numbers = joined(be(u16(1)), be(u32(declaredBytes / (bits / 8))), be(u16(bits)), rate);
  const comm = joined('COMM', be(u32(24)), numbers, kind, u16(0));
  const version = joined('FVER', be(u32(4)), be(u32(0xa280_5140)));
  return joined(
    ...['FORM', be(u32(64 + declaredBytes)), 'AIFC', version, comm],
    ...['SSND', be(u32(declaredBytes + 8)), u64(0), tail],
  );
}
/** RIFF with the greatest byte of each number and sample first. */
export function rifx(
  declaredBytes: number,
  tail: Buffer,
  format: 'plain' | 'counted' | 'extensible' = 'plain',
): Buffer {
  const [of16, of32] = [(n: number) => be(u16(n)), (n: number) => be(u32(n))];
  const numbers = joined(
    ...[1, 8_000, 16_000].map((n, at) => (at === 0 ? of16(n) : of32(n))),
    of16(2),
    of16(16),
  );
  const guid = joined(of32(1), of16(0), of16(0x10), Buffer.from('800000aa00389b71', 'hex'));
  const body = {
    plain: joined(of16(1), numbers),
    counted: joined(of16(1), numbers, of16(0)),
    extensible: joined(of16(0xfffe), numbers, of16(22), of16(16), of32(4), guid),
  }[format];
  const fmt = joined('fmt ', of32(body.length), body);
  return joined(
    ...['RIFX', of32(12 + fmt.length + declaredBytes), 'WAVE', fmt],
    ...['data', of32(declaredBytes), tail],
  );
}
export function caf(declaredBytes: number, tail: Buffer, packetBytes = 2, bits = 16): Buffer {
  const rate = Buffer.alloc(8);
  rate.writeDoubleBE(8_000);
  const numbers = [2, packetBytes, 1, 1, bits].map((value) => be(u32(value)));
  const desc = joined('desc', be(u64(32)), rate, 'lpcm', ...numbers);
  return joined('caff', be(u16(1)), be(u16(0)), desc, 'data', be(u64(declaredBytes + 4)), u32(0), tail);
}
