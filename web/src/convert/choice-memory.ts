/** The last choice, kept in this browser: most people want the same thing again. */
import { formatSchema, optionsSchema, qualitySchema } from '@wavefleet/contracts/request.ts';
import { z } from 'zod';
import { type Choice, choiceProblem, firstChoice } from './choice.ts';

const KEY = 'wavefleet.choice.1';
const { sampleRate, channels, bitDepth, loudness } = optionsSchema.shape;
const storedSchema = z.object({
  formats: z.array(
    z.object({
      format: formatSchema,
      quality: qualitySchema.optional(),
      sampleRate,
      channels,
      bitDepth,
      loudness,
    }),
  ),
});

/**
 * Formats and their settings only: a trim that comes back unasked would cut the next file.
 * @param offered names of the formats that the server makes now.
 */
export function loadChoice(storage: Pick<Storage, 'getItem'>, offered: readonly string[]): Choice {
  try {
    const parsed = storedSchema.safeParse(JSON.parse(storage.getItem(KEY) ?? 'null'));
    if (!parsed.success) return firstChoice;
    const formats = parsed.data.formats.filter(({ format }) => offered.includes(format));
    const choice = { ...firstChoice, formats };
    return choiceProblem(choice) === undefined ? choice : firstChoice;
  } catch {
    return firstChoice;
  }
}

/** Does nothing where the storage is full or forbidden. */
export function saveChoice(storage: Pick<Storage, 'setItem'>, choice: Choice): void {
  try {
    storage.setItem(KEY, JSON.stringify({ formats: choice.formats }));
  } catch {
    // The choice is made anew next time.
  }
}
