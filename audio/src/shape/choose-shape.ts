/** Which shape a stream with several of them is brought into. */
import type { PcmShape } from '../args/pcm-shape.ts';
import { channelsOfLayout } from '../plan/layouts.ts';
import type { Stretch } from './survey-parser.ts';

/** Samples that 32-bit float does not hold exactly. */
const wide = /^(s32|s64|dbl)p?$/;
/** FFmpeg's words for channels without names. */
const unnamed = /^(\d+) channels?/;

/**
 * The shape that most of the sound has, by time; of two with the same, the first one.
 * Undefined when nothing was decoded, or nothing whose channels can be counted.
 */
export function chooseShape(stretches: readonly Stretch[]): PcmShape | undefined {
  const seconds = new Map<string, number>();
  let chosen: Stretch | undefined;
  for (const stretch of stretches) {
    if (channelsOf(stretch.layout) === undefined) continue;
    const shape = nameOf(stretch);
    seconds.set(shape, (seconds.get(shape) ?? 0) + stretch.samples / stretch.sampleRate);
  }
  for (const stretch of stretches) {
    const of = seconds.get(nameOf(stretch)) ?? 0;
    if (of > 0 && of > (chosen === undefined ? 0 : (seconds.get(nameOf(chosen)) ?? 0))) chosen = stretch;
  }
  const channels = chosen && channelsOf(chosen.layout);
  if (chosen === undefined || channels === undefined) return undefined;
  return {
    sampleRate: chosen.sampleRate,
    channels,
    layout: unnamed.test(chosen.layout) ? undefined : chosen.layout,
    samples: stretches.some(({ sampleFormat }) => wide.test(sampleFormat)) ? 'f64le' : 'f32le',
  };
}

/** Seconds of sound in all of them. */
export function secondsOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { samples, sampleRate }) => sum + samples / sampleRate, 0);
}

function nameOf({ sampleRate, layout }: Stretch): string {
  return `${sampleRate} ${layout}`;
}

function channelsOf(layout: string): number | undefined {
  const number = unnamed.exec(layout)?.[1];
  return number === undefined ? channelsOfLayout(layout) : Number(number);
}

/** Few are told by name; a hostile file can have thousands. */
const MOST_SHAPES = 4;

/** The different shapes in words, in the order in which they first come. */
export function shapesOf(stretches: readonly Stretch[]): string {
  const all = [...new Set(stretches.map(({ sampleRate, layout }) => `${sampleRate} Hz ${layout}`))];
  const more = all.length > MOST_SHAPES ? [`${all.length - MOST_SHAPES} more`] : [];
  return [...all.slice(0, MOST_SHAPES), ...more].join(', ');
}
