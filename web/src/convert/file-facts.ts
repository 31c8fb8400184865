/**
 * What a browser can tell of a file before anything is sent: enough to say how large the result will be. Reads a few
 * hundred bytes of WAV and FLAC itself; for the rest it asks the browser's own player for the length.
 */
export interface FileFacts {
  readonly durationSeconds: number;
  readonly sampleRate: number;
  readonly channels: number;
  /** 0 for lossy sources. */
  readonly bitDepth: number;
  /** False when rate and channels are the usual ones because they could not be found out. */
  readonly certain: boolean;
  /** Set where the header says less than the file holds: what it may really last. */
  readonly longestSeconds?: number;
}

const HEADER_BYTES = 4_096;
/** A header that needs longer than this is not worth waiting for. */
const PATIENCE_MS = 5_000;

/** Undefined when nothing can be told. */
export async function readFacts(file: File): Promise<FileFacts | undefined> {
  try {
    const header = new DataView(await file.slice(0, HEADER_BYTES).arrayBuffer());
    return wavFacts(header, file.size) ?? flacFacts(header) ?? (await playerFacts(file));
  } catch {
    return undefined; // the file went away, or the player choked: the server will tell
  }
}

const text = (view: DataView, at: number): string =>
  at + 4 > view.byteLength ? '' : String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));

/** RIFF chunks until `data` (Microsoft/IBM "Multimedia Programming Interface and Data Specifications 1.0"). */
export function wavFacts(view: DataView, fileBytes: number): FileFacts | undefined {
  if (text(view, 0) !== 'RIFF' || text(view, 8) !== 'WAVE') return undefined;
  let format: { channels: number; sampleRate: number; bytesPerSecond: number; bitDepth: number } | undefined;
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const size = view.getUint32(at + 4, true);
    if (text(view, at) === 'fmt ' && at + 24 <= view.byteLength) {
      format = {
        channels: view.getUint16(at + 10, true),
        sampleRate: view.getUint32(at + 12, true),
        bytesPerSecond: view.getUint32(at + 16, true),
        bitDepth: view.getUint16(at + 22, true),
      };
    }
    if (text(view, at) === 'data') {
      if (format === undefined || format.bytesPerSecond === 0) return undefined;
      // Streamed files say 0 or 4 GiB here: then the file's own size decides.
      const bytes = Math.min(size === 0 ? Number.POSITIVE_INFINITY : size, fileBytes - at - 8);
      const { bytesPerSecond, ...rest } = format;
      const facts = { ...rest, durationSeconds: bytes / bytesPerSecond, certain: true };
      const longestSeconds = (fileBytes - at - 8) / bytesPerSecond;
      return longestSeconds < facts.durationSeconds + 1 ? facts : { ...facts, longestSeconds };
    }
    at += 8 + size + (size % 2);
  }
  return undefined;
}

/** STREAMINFO, always the first block (RFC 9639, section 8.2). */
export function flacFacts(view: DataView): FileFacts | undefined {
  if (text(view, 0) !== 'fLaC' || view.byteLength < 26) return undefined;
  const packed = view.getUint32(18);
  const sampleRate = packed >>> 12;
  const samples = (view.getUint8(21) & 0x0f) * 2 ** 32 + view.getUint32(22);
  if (sampleRate === 0 || samples === 0) return undefined;
  return {
    durationSeconds: samples / sampleRate,
    sampleRate,
    channels: ((packed >>> 9) & 0x07) + 1,
    bitDepth: ((packed >>> 4) & 0x1f) + 1,
    certain: true,
  };
}

function playerFacts(file: File): Promise<FileFacts | undefined> {
  const url = URL.createObjectURL(file);
  const player = new Audio();
  player.preload = 'metadata';
  return new Promise<FileFacts | undefined>((resolve) => {
    const tell = () => {
      const { duration } = player;
      const known = Number.isFinite(duration) && duration > 0;
      resolve(
        known
          ? { durationSeconds: duration, sampleRate: 44_100, channels: 2, bitDepth: 0, certain: false }
          : undefined,
      );
    };
    player.addEventListener('loadedmetadata', tell);
    player.addEventListener('error', () => resolve(undefined));
    setTimeout(() => resolve(undefined), PATIENCE_MS);
    player.src = url;
  }).finally(() => {
    player.removeAttribute('src');
    player.load();
    URL.revokeObjectURL(url);
  });
}
