/**
 * Names of files, for people: shown, and given to what they download. Every name that leaves here is well-formed Unicode
 * of at most 255 bytes in UTF-8, so that it can be stored, sent in a header and saved to any disk.
 */
import { shownName, unfitInNames } from '@wavefleet/contracts/names.ts';

/** What common file systems hold (ext4, APFS, NTFS: 255, in bytes or in UTF-16 units). */
const MAX_NAME_BYTES = 255;

const FALLBACK = 'audio';
/** An ending that survives when a name is cut. Longer ones are no endings. */
const ENDING = /\.[^.\s]{1,16}$/u;

/**
 * The Content-Disposition of a download (RFC 6266): an ASCII fallback and the real name in UTF-8 (RFC 8187).
 * Control characters, marks of direction, quotes and path separators never get through. Never throws.
 * @param kind `inline` for what is played in place. Default `attachment`: saved as a file.
 */
export function contentDisposition(fileName: string, kind: 'attachment' | 'inline' = 'attachment'): string {
  const clean = fitting(fileName.replace(unfitInNames, '_').replace(/[/\\]/g, '_'));
  const ascii = clean.replace(/[^\x20-\x7e]/g, '_').replace(/["%]/g, '_');
  const encoded = encodeURIComponent(clean).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** What a user's file is called from now on: the last path part, without control characters and marks of direction. */
export function displayName(raw: string | undefined): string {
  const last = (raw ?? '').split(/[/\\]/).at(-1) ?? '';
  return fitting(shownName(last).trim());
}

/** The result's name: the source's without its ending, and the format's. */
export function resultName(sourceName: string, extension: string): string {
  const stem = sourceName.replace(/\.[^.]{1,5}$/u, '') || FALLBACK;
  return fitting(`${stem}.${extension}`, `.${extension}`);
}

/** @param ending what a cut leaves in place. Default: what looks like one. */
function fitting(name: string, ending?: string): string {
  const whole = name.toWellFormed() || FALLBACK;
  if (Buffer.byteLength(whole) <= MAX_NAME_BYTES) return whole;
  const kept = ending ?? ENDING.exec(whole)?.[0] ?? '';
  const stem = beginning(
    whole.slice(0, whole.length - kept.length),
    MAX_NAME_BYTES - Buffer.byteLength(kept),
  );
  return (stem || FALLBACK) + kept;
}

/** As many whole characters as fit: what people see as one, so that no emoji and no accented letter is cut into parts. */
function beginning(text: string, maxBytes: number): string {
  // Made here: ICU's rules take 10 ms to load, which no start shall wait for.
  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
  let end = 0;
  let sizeBytes = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    sizeBytes += Buffer.byteLength(segment);
    if (sizeBytes > maxBytes) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
