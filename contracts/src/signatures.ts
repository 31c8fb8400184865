/** How files begin that certainly are neither audio nor video, or that FFmpeg may never open. */

/** One kind of file. */
export interface Signature {
  /** For people, with its article: "a PDF document". */
  readonly found: string;
  readonly code: 'UNRECOGNISED_FORMAT' | 'FORMAT_NOT_ALLOWED';
  /** By their place in the file: what must be there, one character for a byte. */
  readonly bytes: Readonly<Record<number, string>>;
}

/** @param beginnings each one way in which this kind begins; a string is at the very start. */
function kind(
  found: string,
  beginnings: readonly (string | Signature['bytes'])[],
  code: Signature['code'] = 'UNRECOGNISED_FORMAT',
): Signature[] {
  return beginnings.map((bytes) => ({
    found,
    code,
    bytes: typeof bytes === 'string' ? { 0: bytes } : bytes,
  }));
}

export const signatures: readonly Signature[] = [
  ...kind('a PDF or PostScript document', ['%PDF-', '%!PS']),
  ...kind('an Office document', ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', '{\\rtf']),
  ...kind('an archive, or an Office document, which is one', [
    ...['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08', '\x1f\x8b\x08', '7z\xbc\xaf\x27\x1c', 'Rar!\x1a\x07'],
    ...['\xfd7zXZ\0', '\x28\xb5\x2f\xfd', '\x04\x22\x4d\x18', 'LZIP\x01', 'MSCF\0\0\0\0', '!<arch>\n'],
    ...['\xed\xab\xee\xdb', 'xar!\0', { 257: 'ustar' }, { 0: 'BZh', 4: '1AY&SY' }, { 2: '-lh', 6: '-' }],
  ]),
  ...kind('a program', [
    ...['\x7fELF', '\xfe\xed\xfa\xce', '\xfe\xed\xfa\xcf', '\xce\xfa\xed\xfe', '\xcf\xfa\xed\xfe'],
    ...['\xca\xfe\xba\xbe', '\0asm\x01', 'dex\n03'],
  ]),
  ...kind('a picture', [
    ...['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF87a', 'GIF89a', 'II*\0', 'MM\0*', '8BPS\0', 'qoif'],
    ...['\x76\x2f\x31\x01', 'DDS \x7c\0\0\0', '\0\0\0\x0cJXL \r\n\x87\n', { 0: 'RIFF', 8: 'WEBPVP8' }],
    // "BM" alone says little: the reserved field is empty, and the header has fewer than 256 bytes.
    { 0: 'BM', 6: '\0\0\0\0', 11: '\0\0\0', 15: '\0\0\0' },
    // The film among these, Motion JPEG 2000, has the brand `mjp2` and goes on.
    { 4: 'jP  \r\n\x87\n', 16: 'ftypjp2 ' },
    ...['heic', 'heix', 'mif1', 'avif'].map((brand) => ({ 4: `ftyp${brand}` })),
  ]),
  ...kind('a font', ['OTTO\0', 'wOFF', 'wOF2']),
  ...kind('a database', ['SQLite format 3\0']),
  // Programs that make sound, and movies that are programs.
  ...kind(
    'MIDI, a tracker module or game music',
    [
      ...['MThd', 'Extended Module: ', 'IMPM', 'NESM\x1a', 'SNES-SPC700', 'GBS\x01', 'Vgm ', 'HESM', 'KSCC'],
      ...['M.K.', 'M!K!', 'FLT4', '6CHN', '8CHN'].map((magic) => ({ 1080: magic })),
      { 44: 'SCRM' },
    ],
    'FORMAT_NOT_ALLOWED',
  ),
  ...kind('a Flash movie', ['FWS', 'CWS', 'ZWS'], 'FORMAT_NOT_ALLOWED'),
];
