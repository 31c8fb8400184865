/** The name of a preset, made from what people call it. */

const LONGEST = 64;

/**
 * `My voice, 2` becomes `my-voice-2`. What has no such letters becomes `preset`.
 * @param taken names that it cannot have, such as those of built-in presets: then it gets a number.
 */
export function presetName(label: string, taken: (name: string) => boolean): string {
  const plain = label
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const base = plain.slice(0, LONGEST - 4).replace(/^-|-$/g, '') || 'preset';
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken(name)) return name;
  }
}
