/** From a preset to the panel, and back. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { PresetBody } from '@wavefleet/contracts/own-presets.ts';
import type { Preset } from '@wavefleet/contracts/presets.ts';
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import { type Choice, conversionsOf, type SharedChoice } from './choice.ts';
import { MOST_CHARACTERS, type NewTags, tagFields } from './new-tags.ts';

/**
 * Takes a preset's format with its settings into the choice, in place of what that format had. What has a field for all
 * formats is set there, and stays as it is where the preset says nothing.
 */
export function applyPreset(choice: Choice, preset: Preset): Choice {
  const { sampleRate, channels, bitDepth, loudness, ...others } = preset.options;
  const { format, quality } = preset;
  const { shared, rest } = shownOf(others);
  const more = Object.keys(rest).length === 0 ? undefined : rest;
  const chosen = { format, quality, sampleRate, channels, bitDepth, loudness, more };
  return {
    shared: { ...choice.shared, ...shared },
    formats: [...choice.formats.filter((other) => other.format !== format), chosen],
  };
}

/** What the panel says of one format; a picture that was chosen is of these files alone. */
export function presetOf(choice: Choice, format: FormatName): Omit<PresetBody, 'name'> | undefined {
  const conversion = conversionsOf(choice).find((each) => each.format === format);
  if (conversion === undefined) return undefined;
  const { setCover: _picture, ...options } = conversion.options;
  return { format, quality: conversion.quality, options };
}

/** Settings without a field, in a line: `speed 1.25, silence trim`. */
export function moreText(options: ConversionOptions): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
}

/** What the fields for all formats show of some options, and what they cannot. */
function shownOf(options: ConversionOptions): { shared: Partial<SharedChoice>; rest: ConversionOptions } {
  const { trimStart, trimEnd, fadeIn, fadeOut, track, timeline, tags, cover, strict, ...others } = options;
  const { setTags, removeTags, ...rest } = others;
  const newTags = setTags && newTagsOf(setTags);
  // They are typed with commas between them.
  const names = removeTags?.some((name) => name.includes(',')) === true ? undefined : removeTags;
  const said = {
    trimStart: textOf(trimStart),
    trimEnd: textOf(trimEnd),
    track: textOf(track),
    fadeIn: textOf(fadeIn),
    fadeOut: textOf(fadeOut),
    keepTimeline: timeline === undefined ? undefined : timeline === 'keep',
    tags,
    cover,
    strict,
    newTags,
    removeTags: names?.join(', '),
  };
  return {
    shared: Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
    rest: {
      ...rest,
      ...(setTags !== undefined && newTags === undefined ? { setTags } : {}),
      ...(removeTags !== undefined && names === undefined ? { removeTags } : {}),
    },
  };
}

const textOf = (value: number | string | undefined) => (value === undefined ? undefined : String(value));

/** Undefined where a tag has no field, or more than a field holds. */
function newTagsOf(tags: Readonly<Record<string, string | readonly string[]>>): NewTags | undefined {
  const isShown = Object.entries(tags).every(
    ([name, text]) =>
      Object.hasOwn(tagFields, name) &&
      typeof text === 'string' &&
      text.trim() === text &&
      text.length <= MOST_CHARACTERS,
  );
  return isShown ? (tags as NewTags) : undefined;
}
