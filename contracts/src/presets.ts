/** Named option sets: buttons on the page, folders below `drops/`. */
import { z } from 'zod';
import { formatSchema, optionsSchema, qualitySchema } from './request.ts';

/** One of them. `drops/{preset}/…` picks it by its name. */
export const presetSchema = z.object({
  label: z.string(),
  format: formatSchema,
  quality: qualitySchema.optional(),
  options: optionsSchema,
});
/** A preset's settings. */
export type Preset = z.infer<typeof presetSchema>;

/** All presets by name. */
export const presets = {
  'mp3-192k': { label: 'MP3 192 kbit/s', format: 'mp3', quality: '192k', options: {} },
  'mp3-320k': { label: 'MP3 320 kbit/s', format: 'mp3', quality: '320k', options: {} },
  'm4a-256k': { label: 'M4A (AAC) 256 kbit/s', format: 'm4a', quality: '256k', options: {} },
  'opus-96k': { label: 'Opus 96 kbit/s', format: 'opus', quality: '96k', options: {} },
  'ogg-q5': { label: 'Ogg Vorbis quality 5', format: 'ogg', quality: 'q5', options: {} },
  flac: { label: 'FLAC', format: 'flac', options: {} },
  'wav-16': { label: 'WAV 16 bit', format: 'wav', options: { bitDepth: 16 } },
  'voice-mono-opus-32k': {
    label: 'Voice: mono Opus 32 kbit/s',
    format: 'opus',
    quality: '32k',
    options: { channels: 1 },
  },
  'podcast-mp3-128k-mono-16lufs': {
    label: 'Podcast: mono MP3 128 kbit/s, -16 LUFS',
    format: 'mp3',
    quality: '128k',
    options: { channels: 1, loudness: { target: -16, truePeak: -1 } },
  },
  'broadcast-wav-23lufs': {
    label: 'Broadcast: WAV 48 kHz 24 bit, -23 LUFS (EBU R128)',
    format: 'wav',
    options: { sampleRate: 48_000, bitDepth: 24, loudness: { target: -23, truePeak: -1 } },
  },
  'audiobook-m4b-64k-mono-20lufs': {
    label: 'Audiobook: mono M4B 64 kbit/s, -20 LUFS',
    format: 'm4b',
    quality: '64k',
    options: { channels: 1, loudness: { target: -20, truePeak: -1 } },
  },
} as const satisfies Record<string, Preset>;
type PresetName = keyof typeof presets;

/** The preset of that name, or undefined. */
export function findPreset(name: string): Preset | undefined {
  return Object.hasOwn(presets, name) ? presets[name as PresetName] : undefined;
}
