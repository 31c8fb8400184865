/** What a result holds, by its own header: WAV and FLAC, which the cases ask for, say it exactly. */
import { createHash } from 'node:crypto';

export interface Sound {
  readonly seconds: number;
  /** MD5 of the samples. FLAC carries that of what was encoded; of a WAV it is made. */
  readonly md5: string;
}

/** Undefined when it is neither, or broken. */
export function soundOf(bytes: Buffer): Sound | undefined {
  if (bytes.toString('latin1', 0, 4) === 'fLaC') return ofFlac(bytes);
  return bytes.toString('latin1', 0, 4) === 'RIFF' ? ofWav(bytes) : undefined;
}

/** STREAMINFO is always the first block (RFC 9639, 8.2): from byte 18 on 20 bits of rate, 8 others, 36 of samples. */
function ofFlac(bytes: Buffer): Sound | undefined {
  if (bytes.length < 42) return undefined;
  const packed = bytes.readBigUInt64BE(18);
  const rate = Number(packed >> 44n);
  const seconds = Number(packed & 0xf_ffff_ffffn) / rate;
  return rate === 0 ? undefined : { seconds, md5: bytes.toString('hex', 26, 42) };
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
