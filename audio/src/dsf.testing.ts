/** Makes DSD files: FFmpeg reads them but cannot write them. */

/** Bytes of a channel in a block; the format knows no other (DSF File Format Specification 1.01). */
const BLOCK = 4_096;

/**
 * A mono DSF file with a tone, made by a second-order sigma-delta modulator.
 * @param multiple of 44.1 kHz: 64 for DSD64.
 * @param amplitude 1 = full scale, as FFmpeg decodes it; stable up to about 0.5.
 */
export function makeDsf(multiple: number, hz: number, amplitude: number, seconds: number): Buffer {
  const rate = multiple * 44_100;
  const samples = Math.floor((rate * seconds) / 8) * 8;
  const data = Buffer.alloc(Math.ceil(samples / 8 / BLOCK) * BLOCK, 0x69);
  let [first, second, bit] = [0, 0, 1];
  for (let at = 0; at < samples; at += 8) {
    let byte = 0;
    for (let low = 0; low < 8; low += 1) {
      const wanted = amplitude * Math.sin((2 * Math.PI * hz * (at + low)) / rate);
      first += wanted - bit;
      second += first - 2 * bit;
      bit = second >= 0 ? 1 : -1;
      if (bit === 1) byte |= 1 << low;
    }
    data[at / 8] = byte;
  }
  const header = Buffer.alloc(92);
  header.write('DSD ', 0, 'latin1');
  header.writeBigUInt64LE(28n, 4);
  header.writeBigUInt64LE(BigInt(header.length + data.length), 12);
  header.write('fmt ', 28, 'latin1');
  header.writeBigUInt64LE(52n, 32);
  // Version 1, raw DSD, mono (type 1, one channel).
  [1, 0, 1, 1, rate, 1].forEach((value, index) => {
    header.writeUInt32LE(value, 40 + 4 * index);
  });
  header.writeBigUInt64LE(BigInt(samples), 64);
  header.writeUInt32LE(BLOCK, 72);
  header.write('data', 80, 'latin1');
  header.writeBigUInt64LE(BigInt(12 + data.length), 84);
  return Buffer.concat([header, data]);
}
