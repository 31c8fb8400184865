/**
 * Loudness figures in tags. ReplayGain 2.0 has them in dB to reach −18 LUFS; Opus has them to reach −23 LUFS, in 256ths
 * of a dB, and no peaks (RFC 7845 §5.2.1). Both come after the decoder's own gain, so that one follows from the other.
 */

/** How the tags of a format say how loud it is. */
export type GainScale = 'replaygain' | 'r128';

const SCOPES = ['track', 'album'] as const;
/** LUFS between what the two scales reach. */
const APART_DB = 5;
const R128_STEPS = 256;
/** Signed, with 16 bits. */
const R128_LIMIT = 32_768;

const isGain = (name: string): boolean => /^(replaygain_|r128_(track|album)_gain$)/.test(name);

/** A file's tags without any loudness figure: its sound is of another level now. */
export function withoutGains<T>(tags: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...tags].filter(([name]) => !isGain(name)));
}

/** The same tags with the figures in the scale of the target. What is no figure, or has no place there, goes. */
export function convertedGains(
  tags: ReadonlyMap<string, readonly string[]>,
  scale: GainScale,
): Map<string, readonly string[]> {
  const converted = withoutGains(tags);
  if (scale === 'replaygain') {
    for (const [name, values] of tags) if (name.startsWith('replaygain_')) converted.set(name, values);
  }
  for (const scope of SCOPES) {
    const gainDb = gainOf(tags, scope, scale);
    if (gainDb === undefined) continue;
    if (scale === 'r128') {
      const steps = Math.round((gainDb - APART_DB) * R128_STEPS);
      if (Math.abs(steps) < R128_LIMIT) converted.set(`r128_${scope}_gain`, [String(steps)]);
    } else if (!converted.has(`replaygain_${scope}_gain`)) {
      converted.set(`replaygain_${scope}_gain`, [`${gainDb.toFixed(2)} dB`]);
    }
  }
  return converted;
}

/** dB to reach −18 LUFS. A source may have both scales: that of the target is the one to believe. */
function gainOf(
  tags: ReadonlyMap<string, readonly string[]>,
  scope: (typeof SCOPES)[number],
  scale: GainScale,
): number | undefined {
  const text = (name: string): string => tags.get(name)?.[0]?.trim() ?? '';
  const [, db] = /^([+-]?\d{1,3}(?:\.\d{1,10})?)\s*(?:dB)?$/i.exec(text(`replaygain_${scope}_gain`)) ?? [];
  const [steps] = /^[+-]?\d{1,5}$/.exec(text(`r128_${scope}_gain`)) ?? [];
  const fromReplayGain = db === undefined ? undefined : Number(db);
  const fromR128 = steps === undefined ? undefined : Number(steps) / R128_STEPS + APART_DB;
  return scale === 'r128' ? (fromR128 ?? fromReplayGain) : (fromReplayGain ?? fromR128);
}
