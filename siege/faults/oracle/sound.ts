/** What a result holds: WAV and FLAC, which the cases ask for, say it to the sample. */
import { createHash } from 'node:crypto';
import { execa } from 'execa';

export interface Sound {
  readonly seconds: number;
  /** MD5 of the samples. */
  readonly md5: string;
}

/** Undefined when it is neither, or broken: what is there must decode to what its own header says. */
export async function soundOf(bytes: Buffer): Promise<Sound | undefined> {
  if (bytes.toString('latin1', 0, 4) === 'fLaC') return await ofFlac(bytes);
  return bytes.toString('latin1', 0, 4) === 'RIFF' ? ofWav(bytes) : undefined;
}

/**
 * STREAMINFO is always the first block (RFC 9639, 8.2): from byte 18 on 20 bits of rate, 3 of channels, 5 of sample size,
 * 36 of samples, then the MD5 of what was encoded. It is written whether or not the frames are all there.
 */
async function ofFlac(bytes: Buffer): Promise<Sound | undefined> {
  if (bytes.length < 42) return undefined;
  const packed = bytes.readBigUInt64BE(18);
  const rate = Number(packed >> 44n);
  const bits = Number((packed >> 36n) & 0x1fn) + 1;
  const seconds = Number(packed & 0xf_ffff_ffffn) / rate;
  const md5 = bytes.toString('hex', 26, 42);
  return rate > 0 && (await decodedMd5(bytes, bits)) === md5 ? { seconds, md5 } : undefined;
}

/** MD5 of the samples that FFmpeg finds in it; undefined when it cannot read it. @param bits of one sample. */
async function decodedMd5(bytes: Buffer, bits: number): Promise<string | undefined> {
  const to = ['-map', '0:a:0', '-c:a', `pcm_s${bits}le`, '-f', 'md5', 'pipe:1'];
  const args = ['-v', 'error', '-f', 'flac', '-i', 'pipe:0', ...to];
  const { stdout } = await execa('ffmpeg', args, { input: bytes, reject: false });
  return /^MD5=([0-9a-f]{32})$/.exec(stdout)?.[1];
}

function ofWav(bytes: Buffer): Sound | undefined {
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [id, size] = [bytes.toString('latin1', at, at + 4), bytes.readUInt32LE(at + 4)];
    const data = bytes.subarray(at + 8, at + 8 + size);
    if (id === 'fmt ') bytesPerSecond = data.readUInt32LE(8);
    if (id === 'data') {
      if (bytesPerSecond === 0 || data.length < size) return undefined;
      return { seconds: size / bytesPerSecond, md5: createHash('md5').update(data).digest('hex') };
    }
    at += 8 + size + (size % 2);
  }
  return undefined;
}
