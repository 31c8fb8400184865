/** What a format allows, as conditions of JSON Schema: from the catalogue that the validation reads. */
import { type FormatName, formatNames, outputFormat } from '@wavefleet/contracts/formats.ts';
import type { QualityScale } from '@wavefleet/contracts/output-format.ts';
import { sampleRateChoices } from '@wavefleet/contracts/request.ts';

type Schema = Record<string, unknown>;

/** One condition a format, for a body with `format`, `quality` and `options`. */
export function byFormat(): Schema[] {
  return formatNames.map((name) => ({
    if: { properties: { format: { const: name } }, required: ['format'] },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: { properties: { ...qualityOf(name), options: { properties: optionsOf(name) } } },
  }));
}

function qualityOf(name: FormatName): Schema {
  const { quality } = outputFormat(name);
  // What a format without a scale is asked for is told in a warning.
  if (quality === undefined) return {};
  return { quality: { enum: [...steps(quality), 'low', 'medium', 'high', null] } };
}

/** Every value within the scale; a Vorbis quality has one decimal. */
function steps(scale: QualityScale): string[] {
  const { min, max } = scale.unit === 'q' ? scale.kbps : scale;
  const whole = Array.from({ length: max - min + 1 }, (_, index) => min + index);
  const bitrates = scale.unit === 'kbps' && scale.steps !== undefined ? scale.steps : whole;
  const kbps = bitrates.filter((rate) => rate >= min && rate <= max).map((rate) => `${rate}k`);
  if (scale.unit === 'kbps') return [...kbps, ...(scale.variableKbps ?? []).map((_, step) => `v${step}`)];
  const tenths = Array.from(
    { length: (scale.max - scale.min) * 10 + 1 },
    (_, index) => scale.min + index / 10,
  );
  return [...kbps, ...tenths.map((q) => `q${q}`)];
}

function optionsOf(name: FormatName): Schema {
  const { maxChannels, lossless, bitDepths } = outputFormat(name);
  return {
    sampleRate: { enum: sampleRateChoices(name) },
    channels: { maximum: maxChannels },
    bitDepth: lossless ? { enum: bitDepths ?? [] } : false,
    ...(lossless ? {} : { dither: false }),
  };
}
