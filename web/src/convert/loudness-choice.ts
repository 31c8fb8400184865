/** The loudness that a format can be brought to, as people choose it. */
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';

type Loudness = NonNullable<ConversionOptions['loudness']>;

/** What each usual loudness in LUFS is for. */
const purposes: ReadonlyMap<number, string> = new Map([
  [-14, 'streaming services'],
  [-16, 'podcasts'],
  [-20, 'audiobooks'],
  [-23, 'broadcast, EBU R128'],
  [-24, 'broadcast, ATSC A/85'],
]);

/** For the drop-down; a preset may have set another one than the usual. */
export function loudnessChoices(chosen: Loudness | undefined): { value: string; label: string }[] {
  const targets = [...purposes.keys()];
  const own = chosen?.target;
  if (own !== undefined && !purposes.has(own)) targets.push(own);
  return targets.map((target) => {
    const purpose = purposes.get(target);
    return { value: String(target), label: `${lufs(target)}${purpose === undefined ? '' : `: ${purpose}`}` };
  });
}

/** What the drop-down says; undefined for a loudness that stays. */
export function loudnessOf(value: string | undefined): Loudness | undefined {
  return value === undefined ? undefined : { target: Number(value) };
}

/** `−16 LUFS`, with a real minus. */
const lufs = (value: number): string => `${minus(value)} LUFS`;

/** `−1.2`, `0.5`. */
export const minus = (value: number): string => String(value).replace('-', '−');
