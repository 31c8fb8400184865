/** What a lossy encoder can be asked for, and what `low`, `medium` and `high` mean there. */
import {
  aacBitrates,
  ac3Bitrates,
  ac3Steps,
  lameNominalKbps,
  mp3Bitrates,
  mp3Steps,
  opusBitrates,
  vorbisBitrates,
  vorbisNominalKbps,
} from './bitrates.ts';
import type { QualityScale } from './output-format.ts';

export const mp3Scale = {
  unit: 'kbps',
  min: 8,
  max: 320,
  low: 128,
  medium: 192,
  high: 320,
  bitrates: mp3Bitrates,
  nearestOf: mp3Steps,
  variableKbps: lameNominalKbps,
  constant: true,
} as const satisfies QualityScale;

export const aacScale = {
  unit: 'kbps',
  min: 16,
  max: 320,
  low: 96,
  medium: 160,
  high: 256,
  bitrates: aacBitrates,
  constant: true,
} as const satisfies QualityScale;
export const opusScale = {
  unit: 'kbps',
  min: 6,
  max: 256,
  low: 64,
  medium: 128,
  high: 192,
  bitrates: opusBitrates,
  constant: false,
} as const satisfies QualityScale;

export const eac3Scale = {
  unit: 'kbps',
  min: 32,
  max: 640,
  low: 128,
  medium: 192,
  high: 320,
  bitrates: ac3Bitrates,
  constant: true,
} as const satisfies QualityScale;
export const ac3Scale = { ...eac3Scale, steps: ac3Steps } as const satisfies QualityScale;

export const vorbisScale = {
  unit: 'q',
  min: 0,
  max: 10,
  low: 2,
  medium: 5,
  high: 8,
  kbps: { min: 32, max: 500 },
  bitrates: vorbisBitrates,
  nominalKbps: vorbisNominalKbps,
  constant: false,
} as const satisfies QualityScale;
