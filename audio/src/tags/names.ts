/** One name for each tag, whichever of its names a source has. */

/** What FFmpeg leaves as ID3 has it, in versions 2.2 to 2.4; by FFmpeg's own names, and by those of Vorbis comments where it has none. */
const commonNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    tbp: 'bpm',
    tbpm: 'bpm',
    tcm: 'composer',
    tcr: 'copyright',
    tit1: 'grouping',
    tit3: 'subtitle',
    tke: 'initialkey',
    tkey: 'initialkey',
    tpa: 'disc',
    tpb: 'publisher',
    trc: 'isrc',
    tsa: 'album-sort',
    tsp: 'artist-sort',
    tsrc: 'isrc',
    tst: 'title-sort',
    tt1: 'grouping',
    tt3: 'subtitle',
  }),
);

/** The name of a tag in the record and on its way. @param name in any case. */
export function commonName(name: string): string {
  const key = name.trim().toLowerCase();
  // The language of lyrics has no place but in ID3.
  return /^lyrics-[a-z]{3}$/.test(key) ? 'lyrics' : (commonNames.get(key) ?? key);
}
