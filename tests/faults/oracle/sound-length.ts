/** How long a result is, by its own header: WAV and FLAC, which the cases ask for, say it exactly. */

/** Seconds; undefined when it is neither, or broken. */
export function soundSeconds(bytes: Buffer): number | undefined {
  if (bytes.toString('latin1', 0, 4) === 'fLaC') return flacSeconds(bytes);
  return bytes.toString('latin1', 0, 4) === 'RIFF' ? wavSeconds(bytes) : undefined;
}

/** STREAMINFO is always the first block (RFC 9639, 8.2): 20 bits of rate, 3 + 5 bits, 36 bits of samples at byte 18. */
function flacSeconds(bytes: Buffer): number | undefined {
  if (bytes.length < 42) return undefined;
  const packed = bytes.readBigUInt64BE(18);
  const rate = Number(packed >> 44n);
  return rate === 0 ? undefined : Number(packed & 0xf_ffff_ffffn) / rate;
}

function wavSeconds(bytes: Buffer): number | undefined {
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [id, size] = [bytes.toString('latin1', at, at + 4), bytes.readUInt32LE(at + 4)];
    if (id === 'fmt ') bytesPerSecond = bytes.readUInt32LE(at + 16);
    if (id === 'data')
      return bytesPerSecond === 0 || at + 8 + size > bytes.length ? undefined : size / bytesPerSecond;
    at += 8 + size + (size % 2);
  }
  return undefined;
}
