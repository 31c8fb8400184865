/**
 * What certainly is neither audio nor video, told by how a file starts: so that it is refused before the rest of it
 * arrives, and before a worker is woken. Everything else goes on: whether it can be converted, only probing knows. The
 * content decides, never a name or a Content-Type. Pure, so that the page, the API, the drop intake and the worker
 * refuse the same files in the same words.
 */
import { Failure } from './failure.ts';
import { inputFormats } from './input-formats.ts';
import { type Signature, signatures } from './signatures.ts';

/** Bytes of a file's start that are looked at. */
export const SNIFF_BYTES = 4_096;

/**
 * The refusal of a file that starts like this, with what it is and what is taken in its place; undefined means "let
 * FFmpeg look".
 * @param start the first {@link SNIFF_BYTES} of the file, or the whole of a shorter one.
 */
export function refusalOf(start: Uint8Array): Failure | undefined {
  const refused = lookAt(start.subarray(0, SNIFF_BYTES));
  if (refused === undefined) return undefined;
  return unsupportedInput(refused.code, { found: refused.found });
}

/** The refusal of what cannot be a cover, by how it starts: a cover is a JPEG or a PNG. */
export function coverRefusalOf(start: Uint8Array): Failure | undefined {
  const raw = String.fromCharCode(...start.subarray(0, 8));
  const isPicture = raw.startsWith('\xff\xd8\xff') || raw === '\x89PNG\r\n\x1a\n';
  return isPicture ? undefined : new Failure('COVER_NOT_RECOGNISED');
}

/** The failure of a file that is not taken, with what is. @param more.found what it is, for people. */
export function unsupportedInput(
  code: Signature['code'],
  more: { readonly found?: string; readonly cause?: unknown } = {},
): Failure {
  const { found, cause } = more;
  const detail = { ...(found === undefined ? {} : { found }), supportedInputs: inputFormats };
  return new Failure(code, { detail, cause });
}

function lookAt(start: Uint8Array): Omit<Signature, 'bytes'> | undefined {
  const raw = Array.from(start, (byte) => String.fromCharCode(byte)).join('');
  const known = signatures.find(({ bytes }) =>
    Object.entries(bytes).every(([at, magic]) => raw.startsWith(magic, Number(at))),
  );
  if (known !== undefined) return known;
  if (isWindowsProgram(raw)) return { code: 'UNRECOGNISED_FORMAT', found: 'a program' };
  const text = textOf(start, raw);
  if (text === undefined || audioInLetters.test(text)) return undefined;
  if (playlists.some((pattern) => pattern.test(text)))
    return { code: 'FORMAT_NOT_ALLOWED', found: 'a playlist' };
  return { code: 'UNRECOGNISED_FORMAT', found: markup.test(text) ? 'a web page or XML' : 'text' };
}

/** DOS itself has "MZ" alone, which is too little; Windows says where its own header lies. */
function isWindowsProgram(raw: string): boolean {
  if (!raw.startsWith('MZ') || raw.length < 0x40) return false;
  return raw.startsWith('PE\0\0', raw.charCodeAt(0x3c) + raw.charCodeAt(0x3d) * 256);
}

/** Texts that point at other files or at the network. FFmpeg's own detection misses several of them. */
const playlists: readonly RegExp[] = [
  /^#EXTM3U/,
  /^\[playlist\]/i,
  /^ffconcat version/,
  /^v=0\r?\n[\s\S]*\bm=(audio|video)/,
  /^(https?|rtsp|rtmp|mms|mmsh|file|udp|rtp|ftp|icy):\/\//i,
  /<(MPD|SmoothStreamingMedia|playlist|smil|asx|rss|wvx|wax)[\s>]/i,
  /^\[Reference\]/i,
];
const markup = /^<[!?a-z]/i;
/** Audio whose header is letters. Its samples are not, but of a file that was cut off only the header may be there. */
const audioInLetters = /^(#!(AMR|SILK|EVRC|QCLP)|NIST_1A)/;

/** Characters that no text has: controls but tab, line ends and page ends; unassigned ones; halves of pairs. */
const notText = /[\p{Cc}\p{Cn}\p{Co}\p{Cs}]/u;
/** Below this, letters say little unless they are valid UTF-8. */
const LONG_TEXT_BYTES = 512;

/**
 * The start as text, without a byte order mark and leading space; undefined when it is not certain to be text. Even
 * silence has control characters within a few frames, in every container and codec, and text has none.
 */
function textOf(start: Uint8Array, raw: string): string | undefined {
  const text = decoded('utf-8', start) ?? utf16Of(start, raw) ?? oneByteText(raw);
  const trimmed = text?.trimStart();
  const isText = trimmed && !notText.test(trimmed.replace(/[\t\n\f\r]/g, ''));
  return isText ? trimmed : undefined;
}

function utf16Of(start: Uint8Array, raw: string): string | undefined {
  if (raw.startsWith('\xff\xfe')) return decoded('utf-16le', start);
  return raw.startsWith('\xfe\xff') ? decoded('utf-16be', start) : undefined;
}

/** Latin-1 and its kin: mostly plain letters over a long stretch. */
function oneByteText(raw: string): string | undefined {
  const plain = raw.replace(/[^\t\n\f\r\x20-\x7e]/g, '').length;
  const isLikely = raw.length >= LONG_TEXT_BYTES && plain > raw.length * 0.75;
  return isLikely ? raw.replace(/[\x80-\x9f]/g, '·') : undefined;
}

/** Undefined when the bytes are not valid in this encoding. A character that is cut off at the end does not count. */
function decoded(encoding: string, start: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(start, { stream: true });
  } catch {
    return undefined;
  }
}
