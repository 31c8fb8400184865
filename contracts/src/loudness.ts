/** Loudness after EBU R128 and ITU-R BS.1770: what may be asked for, and what was measured. */
import { z } from 'zod';
import { fineNumber } from './fine-number.ts';

/** What is usual: streaming services −14, podcasts −16, broadcast −23 (EBU) and −24 (ATSC). */
export const loudnessOptionSchema = z
  .strictObject({
    /** `normalize` (default) changes the level; `measure` only measures. */
    mode: z.enum(['normalize', 'measure']).optional(),
    /** LUFS, integrated over the whole result. Needed to normalise. */
    target: fineNumber.min(-36).max(-8).optional(),
    /** dBTP that no peak of the result goes beyond. Default −1. */
    truePeak: fineNumber.min(-9).max(0).optional(),
  })
  .refine(({ mode, target }) => mode === 'measure' || target !== undefined, {
    path: ['target'],
    message: 'expected a loudness to normalise to, such as -16',
  });

/** One measurement. Null where the sound is too quiet or too short to be measured (below −70 LUFS, under 0.4 s). */
const loudnessFiguresSchema = z.object({
  integratedLufs: z.number().nullable(),
  /** Loudness range; it says little of sounds under a minute. */
  rangeLu: z.number().nullable(),
  truePeakDbtp: z.number().nullable(),
});
export type LoudnessFigures = z.infer<typeof loudnessFiguresSchema>;

/** What was measured and done. */
export const loudnessReportSchema = z.object({
  /** Of the sound as it would have come out: trimmed, mixed and resampled, before any gain and before the encoder. */
  before: loudnessFiguresSchema,
  /** Of the result, decoded. */
  after: loudnessFiguresSchema,
  /** How the level was changed: by one gain, by a gain and a limiter for the peaks, or not at all. */
  method: z.enum(['none', 'gain', 'limiter']),
  gainDb: z.number(),
});
export type LoudnessReport = z.infer<typeof loudnessReportSchema>;
