/** AAC and ALAC in MP4 (ISO 14496-12): one track, and an edit list that says where its sound begins. */
import { type Box, boxesBetween } from '../tags/values/mp4.ts';
import { aacRate } from './aac-rates.ts';
import { type ReadSound, readsOf } from './read-sound.ts';

/** An entry of `stsd` for sound, behind the head of its box. Boxes stand in it. */
const SOUND_ENTRY_BYTES = 28;
/** In ALAC's box: version and flags, and 24 bytes that end with the rate. */
const ALAC_BYTES = 28;

type Place = Pick<Box, 'from' | 'to'>;

export async function readMp4(bytes: Buffer): Promise<ReadSound | undefined> {
  const boxes = async (place: Place): Promise<Box[]> =>
    await boxesBetween(readsOf(bytes), place.from, place.to);
  const inside = async (place: Place, ...kinds: string[]): Promise<Box | undefined> => {
    let found: Box | undefined;
    for (const kind of kinds) {
      const children: Box[] = await boxes(found ?? place);
      found = children.find((box) => box.kind === kind);
      if (found === undefined) return undefined;
    }
    return found;
  };
  const top = await boxes({ from: 0, to: bytes.length });
  const [movie, data] = ['moov', 'mdat'].map((kind) => top.find((box) => box.kind === kind));
  if (movie === undefined || data === undefined || top.at(-1)?.to !== bytes.length) return undefined;
  // Chapters and covers may have tracks of their own.
  const [track, ...others] = (await boxes(movie)).filter(({ kind }) => kind === 'trak');
  if (track === undefined || others.length > 0) return undefined;
  const [header, edits, codecs, sizes] = [
    await inside(track, 'mdia', 'mdhd'),
    await inside(track, 'edts', 'elst'),
    await inside(track, 'mdia', 'minf', 'stbl', 'stsd'),
    await inside(track, 'mdia', 'minf', 'stbl', 'stsz'),
  ];
  if (header === undefined || edits === undefined || codecs === undefined || sizes === undefined)
    return undefined;
  if (packetBytes(bytes.subarray(sizes.from, sizes.to)) !== data.to - data.from) return undefined;

  const [time, edit] = [bytes.subarray(header.from, header.to), bytes.subarray(edits.from, edits.to)];
  // Version 0, and one edit: the sound from there on.
  if (time.readUInt8(0) !== 0 || edit.readUInt8(0) !== 0 || edit.readUInt32BE(4) !== 1) return undefined;
  const samples = time.readUInt32BE(16) - edit.readInt32BE(12);
  const sound = await soundIn(bytes, codecs, boxes);
  if (sound === undefined || time.readUInt32BE(12) !== sound.sampleRate) return undefined;
  return { ...sound, durationSeconds: samples / sound.sampleRate, paddingSeconds: 0 };
}

/** All packets together. */
function packetBytes(stsz: Buffer): number {
  const [common, count] = [stsz.readUInt32BE(4), stsz.readUInt32BE(8)];
  if (common !== 0) return common * count;
  let total = 0;
  for (let packet = 0; packet < count; packet += 1) total += stsz.readUInt32BE(12 + 4 * packet);
  return total;
}

/** What `stsd` says of its only entry. */
async function soundIn(
  bytes: Buffer,
  codecs: Place,
  boxes: (place: Place) => Promise<Box[]>,
): Promise<Pick<ReadSound, 'codec' | 'sampleRate' | 'channels'> | undefined> {
  const [entry, ...others] = await boxes({ from: codecs.from + 8, to: codecs.to });
  if (entry === undefined || others.length > 0) return undefined;
  const parts = await boxes({ from: entry.from + SOUND_ENTRY_BYTES, to: entry.to });
  const part = (kind: string): Buffer | undefined => {
    const found = parts.find((box) => box.kind === kind);
    return found && bytes.subarray(found.from, found.to);
  };
  const alac = part('alac');
  if (entry.kind === 'alac' && alac?.length === ALAC_BYTES) {
    return { codec: 'alac', channels: alac.readUInt8(13), sampleRate: alac.readUInt32BE(24) };
  }
  const esds = part('esds');
  return entry.kind === 'mp4a' && esds !== undefined ? aacIn(esds) : undefined;
}

/** How FFmpeg writes a length of up to 28 bits, and the tag before it of what the decoder is told (ISO 14496-1 §7.2.6). */
const SPECIFIC_INFO = Buffer.from('05808080', 'hex');
const AAC_LC = 2;

/** The AudioSpecificConfig: five bits of kind, four of rate, four of channels (ISO 14496-3 §1.6.2.1). */
function aacIn(esds: Buffer): Pick<ReadSound, 'codec' | 'sampleRate' | 'channels'> | undefined {
  const at = esds.indexOf(SPECIFIC_INFO);
  if (at < 0) return undefined;
  const config = esds.readUInt16BE(at + 5);
  const [kind, sampleRate, channels] = [config >> 11, aacRate((config >> 7) & 15), (config >> 3) & 15];
  if (kind !== AAC_LC || sampleRate === undefined || channels < 1 || channels > 6) return undefined;
  return { codec: 'aac', sampleRate, channels };
}
