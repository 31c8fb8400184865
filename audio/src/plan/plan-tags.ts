/** Which tags and chapters a result has. */
import { type FormatName, outputFormat } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { encoderOf } from '../encoders.ts';
import type { ProbedSource } from '../probing/source.ts';
import { type Chapter, movedChapters } from '../tags/chapters.ts';
import { convertedGains, withoutGains } from '../tags/gains.ts';
import { textOnly } from '../tags/separators.ts';
import { tagName } from '../tags/values/vorbis.ts';
import type { PlanWarningCode } from './plan-warnings.ts';

/** Tags by FFmpeg's names for them, in lower case; each has at least one value. */
export type Tags = ReadonlyMap<string, readonly string[]>;

/**
 * What of the source's tags and chapters is to be written.
 * @param asking.isLevelKept whether the result is as loud as the source; else what its tags say of that is untrue.
 * @param warn told what the format has no place for.
 */
export function planTags(
  source: Pick<ProbedSource, 'facts' | 'chapters' | 'lateSeconds'>,
  asking: {
    readonly format: FormatName;
    readonly options: ConversionOptions;
    readonly isLevelKept: boolean;
  },
  warn: (code: PlanWarningCode, values?: Record<string, string | number>) => void,
): { readonly tags: Tags; readonly chapters: readonly Chapter[] } {
  const { format, options, isLevelKept } = asking;
  const encoder = encoderOf(format);
  const kept: Tags = options.tags === false ? new Map() : without(tagsOf(source.facts), options.removeTags);
  const fitting = isLevelKept ? convertedGains(kept, encoder.gains) : withoutGains(kept);
  if (!isLevelKept && fitting.size < kept.size) warn('GAINS_DROPPED');
  const tags = new Map([...fitting, ...asked(options.setTags)]);
  if (options.tags === false) return { tags, chapters: [] };

  const { trimStart: startSeconds = 0, trimEnd: endSeconds, speed } = options;
  const chapters = movedChapters(chaptersOfSound(source, options), { startSeconds, endSeconds, speed });
  if (encoder.chapters !== 'none' || chapters.length === 0) return { tags, chapters };
  warn('CHAPTERS_LOST', { count: chapters.length, format: outputFormat(format).label });
  return { tags, chapters: [] };
}

/** The source's chapters in the time that trims count in: from the start of the sound, unless its lateness is kept. */
export function chaptersOfSound(
  { chapters, lateSeconds }: Pick<ProbedSource, 'chapters' | 'lateSeconds'>,
  { timeline }: Pick<ConversionOptions, 'timeline'>,
): Chapter[] {
  return movedChapters(chapters, { startSeconds: timeline === 'keep' ? 0 : lateSeconds });
}

function tagsOf({ tags, tagValues = {} }: ProbedSource['facts']): Tags {
  const several = new Map(Object.entries(tagValues));
  return new Map(Object.entries(tags).map(([name, value]) => [name, several.get(name) ?? [value]]));
}

function without(tags: Tags, names: readonly string[] = []): Tags {
  const left = new Map(tags);
  for (const name of names) left.delete(tagName(name));
  return left;
}

/** What NUL and our own marks would do to a text is nobody's wish. */
function asked(tags: ConversionOptions['setTags'] = {}): [string, string[]][] {
  return Object.entries(tags).flatMap(([name, value]) => {
    const values = (typeof value === 'string' ? [value] : value).map(textOnly).filter((text) => text !== '');
    return values.length === 0 ? [] : [[tagName(name), values]];
  });
}
