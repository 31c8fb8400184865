/** Frames that stand behind each other with nothing around them. */

/** MPEG audio of layer III, and AAC in ADTS. */
export type FrameKind = 'mp3' | 'adts';

/** kbit/s of layer III by index; of MPEG-1, and of MPEG-2 and 2.5 (ISO 11172-3 §2.4.2.3, ISO 13818-3). */
const kbps1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const kbps2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** Hz of MPEG-1 by index; half for MPEG-2, a quarter for 2.5. */
const rates = [44_100, 48_000, 32_000];

/** Bytes of the frame that begins there; undefined when none does, or when it does not say how long it is. */
export function frameBytes(kind: FrameKind, header: Uint8Array): number | undefined {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = header;
  if (a !== 0xff) return undefined;
  if (kind === 'adts') {
    if ((b & 0xf6) !== 0xf0) return undefined;
    const bytes = ((d & 3) << 11) | (e << 3) | (f >> 5);
    return bytes >= 7 ? bytes : undefined;
  }
  if ((b & 0xe0) !== 0xe0 || ((b >> 1) & 3) !== 1) return undefined;
  const isFirst = ((b >> 3) & 3) === 3;
  const kbps = (isFirst ? kbps1 : kbps2)[c >> 4];
  const hertz = mp3Rate(header);
  if (!kbps || hertz === undefined) return undefined;
  return Math.floor(((isFirst ? 144 : 72) * kbps * 1000) / hertz) + ((c >> 1) & 1);
}

/** Hz of a frame of layer III, by its header; undefined for what no version has. */
export function mp3Rate(header: Uint8Array): number | undefined {
  const version = ((header[1] ?? 0) >> 3) & 3;
  const rate = rates[((header[2] ?? 0) >> 2) & 3];
  if (version === 1 || rate === undefined) return undefined;
  return version === 3 ? rate : version === 2 ? rate / 2 : rate / 4;
}

/** The kind of frames that a source is made of; undefined for other sources. @param container ffprobe's `format_name`. */
export function frameKind(container: string, codec: string): FrameKind | undefined {
  if (container === 'mp3' && codec === 'mp3') return 'mp3';
  return container === 'aac' ? 'adts' : undefined;
}
