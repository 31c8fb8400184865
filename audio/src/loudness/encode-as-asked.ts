/**
 * An encode with what options ask of its levels: silence that is left out, a fade at the end, a loudness. Each of them
 * has to be listened for before. A job that asks for none of it is one plain encode.
 */
import type { Warning } from '@wavefleet/contracts/job.ts';
import type { LoudnessReport } from '@wavefleet/contracts/loudness.ts';
import type { PcmShape } from '../args/pcm-shape.ts';
import { type Encoded, encode } from '../encode.ts';
import type { EncodeOptions, EncodeProgress } from '../encode-options.ts';
import { encodeFiles } from '../folder-files.ts';
import type { Sound } from '../measuring/meters.ts';
import { withFound } from '../plan/levels.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { planWarning } from '../plan/plan-warnings.ts';
import { movedChapters } from '../tags/chapters.ts';
import type { FolderTools } from '../tools.ts';
import { encodeToLoudness } from './encode-to-loudness.ts';
import { findLength, findSound, type Listening } from './settle.ts';

/** A result with what was found on the way. */
export interface EncodedAsAsked extends Encoded {
  /** The plan as it was carried out: with the length that is left, and the gain. */
  readonly plan: ConversionPlan;
  /** Undefined when it was not asked for. */
  readonly loudness: LoudnessReport | undefined;
}

/** How far it is: the sound goes through FFmpeg `count` times, or more where a limiter has to be found. */
export interface PassProgress extends EncodeProgress {
  readonly pass: { readonly index: number; readonly count: number };
}

/** As for a plain encode. */
export type AskedOptions = Omit<EncodeOptions, 'onProgress'> & {
  readonly onProgress?: (progress: PassProgress) => void;
};

/**
 * Listens as often as the plan needs, and encodes.
 * @throws what `encode` throws.
 */
export async function encodeAsAsked(
  tools: FolderTools,
  plan: ConversionPlan,
  options: AskedOptions,
  shape?: PcmShape,
): Promise<EncodedAsAsked> {
  const { asked } = plan.levels;
  const passes = new Passes(plan, options.onProgress);
  const { levels } = encodeFiles(options.output, plan.format);
  const listening: Listening = { tools, levels, setting: passes.watched(options), shape };
  const warnings: Warning[] = [];

  let settled = plan;
  if (asked.silenceDb !== undefined) {
    const sound = await findSound(listening, settled, asked.silenceDb);
    if (sound === 'silent') warnings.push(planWarning('SILENCE_ONLY'));
    else if (sound !== undefined) settled = withSound(settled, sound);
  }
  if (asked.fadeOutSeconds > 0) {
    settled = withFound(settled, { resultSamples: await findLength(listening, settled) });
  }
  if (asked.loudness === undefined) {
    const encoded = await encode(tools, settled, passes.watched(options), shape);
    return { ...encoded, plan: settled, loudness: undefined, warnings: [...warnings, ...encoded.warnings] };
  }
  const normalized = await encodeToLoudness(listening, settled, passes.watched(options), asked.loudness);
  return { ...normalized, warnings: [...warnings, ...normalized.warnings] };
}

/** The length that is left is exact where silence was found at both ends, and follows the declared one else. */
function withSound(plan: ConversionPlan, sound: Sound): ConversionPlan {
  const perSecond = plan.sourceRate * plan.levels.asked.speed;
  const end = sound.endSample === undefined ? plan.expectedSeconds : sound.endSample / perSecond;
  const expectedSeconds = end === null ? null : Math.max(0, end - sound.startSample / perSecond);
  const startSeconds = sound.startSample / perSecond;
  const endSeconds = sound.endSample === undefined ? undefined : sound.endSample / perSecond;
  const chapters = movedChapters(plan.chapters, { startSeconds, endSeconds });
  return withFound({ ...plan, expectedSeconds, chapters }, { sound });
}

/** Counts how often the sound has gone through. */
class Passes {
  readonly #onProgress: AskedOptions['onProgress'];
  readonly #count: number;
  #index = -1;
  #last = Number.POSITIVE_INFINITY;

  constructor({ levels: { asked } }: ConversionPlan, onProgress: AskedOptions['onProgress']) {
    this.#onProgress = onProgress;
    const before = [asked.silenceDb !== undefined, asked.fadeOutSeconds > 0, asked.loudness !== undefined];
    this.#count = before.filter(Boolean).length + 1 + (asked.loudness === undefined ? 0 : 1);
  }

  /** The options of all runs, with their progress told as that of a pass. Written seconds that fall begin the next one. */
  watched<Options extends AskedOptions>(options: Options): Options & EncodeOptions {
    return {
      ...options,
      onProgress: (progress: EncodeProgress) => {
        if (progress.writtenSeconds < this.#last) this.#index += 1;
        this.#last = progress.writtenSeconds;
        const index = Math.min(this.#index, this.#count - 1);
        this.#onProgress?.({ ...progress, pass: { index, count: this.#count } });
      },
    };
  }
}
