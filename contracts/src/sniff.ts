/** What is refused by its first bytes, before FFmpeg opens it. */

/** Bytes of the file's start that are looked at. */
export const SNIFF_BYTES = 4_096;

/** Texts that point at other files or the network, and programs that make sound: never opened at all. */
const playlists: readonly RegExp[] = [
  /^#EXTM3U/,
  /^\[playlist\]/i,
  /^ffconcat version/,
  /^v=0\r?\n[\s\S]*\bm=(audio|video)/,
  /^(https?|rtsp|rtmp|mms|mmsh|file|udp|rtp|ftp|icy):\/\//i,
  /<(MPD|SmoothStreamingMedia|playlist|smil|asx|rss|wvx|wax)[\s>]/i,
  /^\[Reference\]/i,
];

const trackers: readonly (readonly [offset: number, magic: string])[] = [
  [0, 'MThd'], // MIDI
  [0, 'Extended Module: '],
  [0, 'IMPM'],
  [44, 'SCRM'],
  [1080, 'M.K.'],
  [1080, 'M!K!'],
  [1080, 'FLT4'],
  [1080, '6CHN'],
  [1080, '8CHN'],
  [0, 'NESM\x1a'],
  [0, 'SNES-SPC700'],
  [0, 'GBS\x01'],
  [0, 'Vgm '],
  [0, 'HESM'],
  [0, 'KSCC'],
  [0, 'FWS'],
  [0, 'CWS'],
  [0, 'ZWS'],
];

/** gzip, zip, 7z, RAR, xz, bzip2. FFmpeg takes some gzip files for packed game music. */
const archives = [
  '1f8b08',
  '504b0304',
  '504b0506',
  '377abcaf271c',
  '526172211a07',
  'fd377a585a00',
  '425a6839',
];

/**
 * Refuses playlists, manifests, tracker modules, Flash movies and archives by how they start; undefined
 * means "let FFmpeg look". FFmpeg's own detection misses several of them (plain M3U, PLS, SMIL), and a
 * user deserves a better word than "unrecognised".
 */
export function refuseByStart(start: Buffer): 'FORMAT_NOT_ALLOWED' | 'UNRECOGNISED_FORMAT' | undefined {
  if (archives.some((magic) => startsWithHex(start, magic))) {
    return 'UNRECOGNISED_FORMAT';
  }
  const text = start
    .toString('latin1', 0, SNIFF_BYTES)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  // Some patterns look anywhere in the text, so make sure that it is text.
  const isText = !start.subarray(0, 512).includes(0);
  if (isText && playlists.some((pattern) => pattern.test(text))) return 'FORMAT_NOT_ALLOWED';
  const isProgram = trackers.some(
    ([offset, magic]) => start.toString('latin1', offset, offset + magic.length) === magic,
  );
  return isProgram ? 'FORMAT_NOT_ALLOWED' : undefined;
}

function startsWithHex(start: Buffer, magic: string): boolean {
  return start.toString('hex', 0, magic.length / 2) === magic;
}
