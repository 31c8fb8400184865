/** Copy protection, read from the headers of a file. */
import type { FileHandle } from 'node:fs/promises';
import { readAt } from './read-at.ts';

/** Boxes read before giving up; real files have a few dozen on these levels. */
const MAX_BOXES = 2_000;
/** Bytes of a sample description table that are looked at; real ones have a few hundred. */
const MAX_STSD_BYTES = 65_536;

/** Boxes on the way from the top of an MP4 to its sample descriptions. */
const containers = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
/** Sample entries of encrypted audio: CENC, FairPlay, Audible. */
const encryptedEntries = new Set(['enca', 'drms', 'aavd']);
const audibleBrands = new Set(['aax ', 'aaxc']);

/** GUIDs of ASF's Content Encryption and Extended Content Encryption objects, as they lie in a file. */
const asfEncryption = ['fbb3112223bdd211b4b700a0c955fc6e', '14e68a292226174cb935dae07ee9289c'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

/**
 * Whether a file is copy-protected, read from its headers. FFmpeg reports an encrypted MP4 as plain `aac`
 * and then decodes noise. Bounded: sizes in a hostile file may say anything.
 */
export async function isProtected(file: FileHandle, start: Buffer, sizeBytes: number): Promise<boolean> {
  if (/^ea3/i.test(start.toString('latin1', 0, 3))) return await isProtectedAtrac(file, start);
  if (start.toString('hex', 0, 4) === '3026b275') return asfEncryption.some((guid) => start.includes(guid));
  if (!/^(ftyp|moov|mdat|free|skip|wide|pnot)$/.test(start.toString('latin1', 4, 8))) return false;
  if (start.toString('latin1', 4, 8) === 'ftyp' && audibleBrands.has(start.toString('latin1', 8, 12))) {
    return true;
  }

  const pending: { from: number; to: number }[] = [{ from: 0, to: sizeBytes }];
  let boxes = 0;
  for (let range = pending.pop(); range !== undefined; range = pending.pop()) {
    let at = range.from;
    while (at + 8 <= range.to && boxes < MAX_BOXES) {
      boxes += 1;
      const header = await readAt(file, at, 16);
      if (header.length < 8) break;
      const type = header.toString('latin1', 4, 8);
      const length = boxLength(header, range.to - at);
      if (length === undefined) break;
      if (containers.has(type)) pending.push({ from: at + 8, to: Math.min(at + length, range.to) });
      if (type === 'stsd' && hasEncryptedEntry(await readAt(file, at, Math.min(length, MAX_STSD_BYTES)))) {
        return true;
      }
      at += length;
    }
  }
  return false;
}

/** ISO 14496-12 §4.2: size 1 means a 64-bit size follows, 0 means up to the end. */
function boxLength(header: Buffer, rest: number): number | undefined {
  const size = header.readUInt32BE(0);
  if (size === 0) return rest;
  if (size !== 1) return size >= 8 ? size : undefined;
  if (header.length < 16) return undefined;
  const large = header.readBigUInt64BE(8);
  return large >= 16n && large <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(large) : undefined;
}

function hasEncryptedEntry(stsd: Buffer): boolean {
  let at = 16; // box header, version and flags, number of entries
  while (at + 8 <= stsd.length) {
    if (encryptedEntries.has(stsd.toString('latin1', at + 4, at + 8))) return true;
    const size = stsd.readUInt32BE(at);
    if (size < 8) return false;
    at += size;
  }
  return false;
}

/** Sony's OpenMG: the number of its key in the `EA3` header, which stands behind a tag in the form of ID3 (FFmpeg, omadec.c). */
async function isProtectedAtrac(file: FileHandle, start: Buffer): Promise<boolean> {
  const tagBytes = 10 + [6, 7, 8, 9].reduce((size, at) => size * 128 + ((start[at] ?? 0) & 0x7f), 0);
  const header = await readAt(file, start.toString('latin1', 0, 3) === 'ea3' ? tagBytes : 0, 8);
  if (header.length < 8 || header.toString('latin1', 0, 3) !== 'EA3') return false;
  const key = header.readInt16BE(6);
  return key !== -1 && key !== -128;
}
