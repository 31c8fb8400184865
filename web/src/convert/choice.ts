/** What the user has chosen in the panel, and what becomes of it. No DOM: the panel only shows this. */

import { type FormatName, outputFormats } from '@wavefleet/contracts/formats.ts';
import { type ConversionOptions, findRequestProblem, type Quality } from '@wavefleet/contracts/request.ts';
import { clock } from '../text/amounts.ts';
import type { Conversion } from './conversion.ts';
import type { FileFacts } from './file-facts.ts';
import type { NewCover } from './new-cover.ts';
import { type NewTags, parseTagNames, setTagsOf } from './new-tags.ts';
import { parseTime } from './parse-time.ts';
import { parseTrack } from './parse-track.ts';

/** One chosen format with its own settings. What is undefined is left to the server. */
export interface FormatChoice {
  readonly format: FormatName;
  readonly quality?: Quality | undefined;
  readonly sampleRate?: ConversionOptions['sampleRate'];
  readonly channels?: number | undefined;
  readonly bitDepth?: ConversionOptions['bitDepth'];
  readonly loudness?: ConversionOptions['loudness'];
  /** Of the preset that was chosen: what no field shows. */
  readonly more?: ConversionOptions | undefined;
}

/** Settings for all formats at once. Times and track as the user typed them. */
export interface SharedChoice {
  readonly trimStart: string;
  readonly trimEnd: string;
  readonly fadeIn: string;
  readonly fadeOut: string;
  readonly track: string;
  readonly keepTimeline: boolean;
  readonly tags: boolean;
  readonly newTags: NewTags;
  /** Names with commas between them, as typed. */
  readonly removeTags: string;
  readonly cover: boolean;
  readonly newCover: NewCover | undefined;
  readonly strict: boolean;
  readonly deleteAfterDownload: boolean;
}

/** All that the panel holds. */
export interface Choice {
  readonly formats: readonly FormatChoice[];
  readonly shared: SharedChoice;
}

/** What is chosen when nothing was chosen before. */
export const firstChoice: Choice = {
  formats: [{ format: 'mp3' }],
  shared: {
    trimStart: '',
    trimEnd: '',
    fadeIn: '',
    fadeOut: '',
    track: '',
    keepTimeline: false,
    tags: true,
    newTags: {},
    removeTags: '',
    cover: true,
    newCover: undefined,
    strict: false,
    deleteAfterDownload: false,
  },
};

/** What is left for the next files: what was said of these alone, such as a trim or a title, goes. */
export function afterConvert(choice: Choice): Choice {
  const { trimStart, trimEnd, fadeIn, fadeOut, track, newTags, removeTags, newCover } = firstChoice.shared;
  const gone = { trimStart, trimEnd, fadeIn, fadeOut, track, newTags, removeTags, newCover };
  return { ...choice, shared: { ...choice.shared, ...gone } };
}

/** Whether this format is among the chosen ones. */
export const isChosen = (choice: Choice, format: FormatName): boolean =>
  choice.formats.some((chosen) => chosen.format === format);

/** Adds the format with nothing set, or takes it out. */
export function toggleFormat(choice: Choice, format: FormatName): Choice {
  const formats = isChosen(choice, format)
    ? choice.formats.filter((chosen) => chosen.format !== format)
    : [...choice.formats, { format }];
  return { ...choice, formats };
}

/** Changes settings of one chosen format. */
export function changeFormat(choice: Choice, format: FormatName, change: Partial<FormatChoice>): Choice {
  const formats = choice.formats.map((chosen) =>
    chosen.format === format ? { ...chosen, ...change } : chosen,
  );
  return { ...choice, formats };
}

/** What to ask of the server for each file. */
export function conversionsOf({ formats, shared }: Choice): Conversion[] {
  const trimStart = parseTime(shared.trimStart);
  const trimEnd = parseTime(shared.trimEnd);
  const fadeIn = parseTime(shared.fadeIn);
  const fadeOut = parseTime(shared.fadeOut);
  const track = parseTrack(shared.track);
  const setTags = setTagsOf(shared.newTags);
  const removeTags = parseTagNames(shared.removeTags);
  const newCover = shared.newCover?.phase === 'ready' ? shared.newCover.fileId : undefined;
  return formats.map(({ format, quality, sampleRate, channels, bitDepth, loudness, more }) => ({
    format,
    quality,
    options: {
      ...more,
      ...(sampleRate === undefined ? {} : { sampleRate }),
      ...(channels === undefined ? {} : { channels }),
      ...(bitDepth === undefined ? {} : { bitDepth }),
      ...(loudness === undefined ? {} : { loudness }),
      ...(typeof trimStart === 'number' && trimStart > 0 ? { trimStart } : {}),
      ...(typeof trimEnd === 'number' ? { trimEnd } : {}),
      ...(typeof fadeIn === 'number' && fadeIn > 0 ? { fadeIn } : {}),
      ...(typeof fadeOut === 'number' && fadeOut > 0 ? { fadeOut } : {}),
      ...(track === undefined || track === 'invalid' ? {} : { track }),
      ...(shared.keepTimeline ? { timeline: 'keep' as const } : {}),
      ...(shared.tags ? {} : { tags: false }),
      ...(setTags === undefined ? {} : { setTags }),
      ...(removeTags === undefined || removeTags === 'invalid' ? {} : { removeTags }),
      ...(shared.cover ? {} : { cover: false }),
      ...(newCover === undefined || !outputFormats[format].cover ? {} : { setCover: newCover }),
      ...(shared.strict ? { strict: true } : {}),
    },
    ...(shared.deleteAfterDownload ? { deleteAfterDownload: true } : {}),
  }));
}

/** As the options have it (`contracts/src/request.ts`). */
const LONGEST_FADE_SECONDS = 600;

/** What stands in the way of a choice, and at which field to say so. */
export interface ChoiceProblem {
  readonly field: 'formats' | keyof SharedChoice | FormatName;
  readonly message: string;
  /** Set when it is the browser's guess: the user may know better. */
  readonly isGuess?: true;
}

/** A file that waits for the choice. */
interface WaitingFile {
  readonly name: string;
  readonly facts?: Pick<FileFacts, 'durationSeconds' | 'longestSeconds' | 'certain'> | undefined;
}

/** Why this choice cannot be asked for, as a sentence; undefined when it can. */
export function choiceProblem(choice: Choice, files: readonly WaitingFile[] = []): ChoiceProblem | undefined {
  const { formats, shared } = choice;
  if (formats.length === 0) return { field: 'formats', message: 'Choose at least one format.' };
  const start = parseTime(shared.trimStart);
  const end = parseTime(shared.trimEnd);
  const howTo = 'Enter a time as minutes and seconds, such as 1:30, or as seconds, such as 90.5.';
  if (start === 'invalid') return { field: 'trimStart', message: howTo };
  if (end === 'invalid') return { field: 'trimEnd', message: howTo };
  if (end !== undefined && end <= (start ?? 0))
    return { field: 'trimEnd', message: 'The end must come after the start.' };
  for (const field of ['fadeIn', 'fadeOut'] as const) {
    const seconds = parseTime(shared[field]);
    if (seconds === 'invalid' || (seconds !== undefined && seconds > LONGEST_FADE_SECONDS)) {
      return { field, message: `Enter a fade in seconds, such as 2.5, up to ${LONGEST_FADE_SECONDS}.` };
    }
  }
  if (parseTrack(shared.track) === 'invalid') {
    return { field: 'track', message: 'Enter a number, such as 2, or a language, such as eng.' };
  }
  if (parseTagNames(shared.removeTags) === 'invalid') {
    return {
      field: 'removeTags',
      message: 'Enter tag names separated by commas, such as comment, lyrics.',
    };
  }
  const { newCover } = shared;
  const wantsCover = formats.some(({ format }) => outputFormats[format].cover);
  if (wantsCover && newCover?.phase === 'refused') return { field: 'newCover', message: newCover.message };
  for (const { format, quality, options } of conversionsOf(choice)) {
    const problem = findRequestProblem(format, quality, options);
    if (problem !== undefined) return { field: format, message: `${problem.message}.` };
  }
  return start === undefined ? undefined : tooLate(start, files);
}

/** Whether nothing would be left of a file. One that certainly is too short counts before one that may be. */
function tooLate(startSeconds: number, files: readonly WaitingFile[]): ChoiceProblem | undefined {
  const short = files.filter(
    ({ facts }) => facts !== undefined && (facts.longestSeconds ?? facts.durationSeconds) <= startSeconds,
  );
  const [file] = [...short].sort((a, b) => Number(b.facts?.certain) - Number(a.facts?.certain));
  if (file?.facts === undefined) return undefined;
  const length = clock(file.facts.durationSeconds);
  return file.facts.certain
    ? { field: 'trimStart', message: `${file.name} is only ${length} long. Start before that.` }
    : { field: 'trimStart', message: `${file.name} seems to be only ${length} long.`, isGuess: true };
}
