/** The audio tracks of a source: what a job tells of them, and how one is asked for. */
import { z } from 'zod';

/** In characters; longer titles are cut. */
export const MAX_TITLE_LENGTH = 200;

/** One audio track. */
export const trackSchema = z.object({
  /** Counted from 1 among the audio tracks: what `options.track` takes. */
  track: z.int().positive(),
  /** As the file names it: mostly ISO 639-2 (`eng`), also BCP 47. */
  language: z.string().nullable(),
  title: z.string().nullable(),
  codec: z.string(),
  /** 0 when nobody knows. */
  channels: z.int().nonnegative(),
  /** Whether the file says that it is to be played when nobody chooses. */
  isDefault: z.boolean(),
});
/** See {@link trackSchema}. */
export type Track = z.infer<typeof trackSchema>;

const LANGUAGE = 'expected a language such as "eng" or "pt-BR"';

/** A track by its number, from 1, or by its language: `eng`, `en`, `pt-BR`. */
export const trackChoiceSchema = z.union([
  z.int().min(1, 'expected a track from 1 up').max(64, 'expected a track up to 64'),
  z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, LANGUAGE)
    .refine(isLanguage, LANGUAGE),
]);

/** See {@link trackChoiceSchema}. */
export type TrackChoice = z.infer<typeof trackChoiceSchema>;

function isLanguage(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}
