/** The settings of one chosen format, with the size that its results will have, and how fast they were made elsewhere. */
import { hourOfSpeech, measuredSpeed } from '@wavefleet/contracts/measured-speed.ts';
import {
  bitDepths,
  type Quality,
  qualitySchema,
  requestableSampleRates,
} from '@wavefleet/contracts/request.ts';
import { useServices } from '../services.ts';
import { landFocus } from '../shell/focus.ts';
import { channels as channelWords, hertz } from '../text/amounts.ts';
import { changeFormat, type FormatChoice } from './choice.ts';
import type { Conversion } from './conversion.ts';
import { estimateText, estimateTotal } from './estimate.ts';
import type { FileFacts } from './file-facts.ts';
import { loudnessChoices, loudnessOf } from './loudness-choice.ts';
import { moreText } from './preset-choice.ts';
import { plannedLabel } from './quality-label.ts';
import { Select } from './select.tsx';

interface FormatSettingsProps {
  readonly chosen: FormatChoice;
  /** Of the files that wait; undefined where nothing is known yet. */
  readonly facts: readonly (FileFacts | undefined)[];
  readonly conversion: Conversion | undefined;
  readonly problem: string | undefined;
}

/** Quality, rate, channels and depth of one format: only what the catalogue says it can do. */
export function FormatSettings({ chosen, facts, conversion, problem }: FormatSettingsProps) {
  const { catalogue, choice } = useServices();
  const { format } = chosen;
  const entry = catalogue.outputs[format];
  if (entry === undefined) return null;
  const change = (part: Partial<FormatChoice>) => choice.update((held) => changeFormat(held, format, part));
  const { sampleRate, channels } = chosen;
  const options = {
    ...(sampleRate === undefined ? {} : { sampleRate }),
    ...(channels === undefined ? {} : { channels }),
  };
  const labelOf = (quality: Quality) => plannedLabel(quality, format, options, facts);
  // What a newer server offers, and this page does not know, is left out.
  const qualities = ['low', 'high', ...entry.qualities, ...entry.variableQualities].flatMap(
    (quality) => qualitySchema.safeParse(quality).data ?? [],
  );
  const hour = hourOfSpeech(format);
  const counts = [1, 2, 6, 8].filter((count) => count <= entry.maxChannels);
  return (
    <li class="settings">
      <div class="settings-head">
        <h3>
          {entry.label}
          {entry.lossless && <span class="lossless-mark"> · lossless</span>}
        </h3>
        <p class="quiet" data-testid="estimate">
          {conversion === undefined ? '' : estimateText(estimateTotal(facts, conversion), facts.length)}
        </p>
      </div>
      <div class="fields">
        {entry.qualities.length > 0 && (
          <Select
            label="Quality"
            format={entry.label}
            value={chosen.quality}
            choices={qualities.map((value) => ({ value, label: labelOf(value) }))}
            standard={labelOf('medium')}
            wide
            onChange={(value) => change({ quality: qualitySchema.safeParse(value).data })}
          />
        )}
        <Select
          label="Sample rate"
          format={entry.label}
          value={chosen.sampleRate}
          choices={entry.requestableSampleRates.map((rate) => ({ value: String(rate), label: hertz(rate) }))}
          onChange={(value) =>
            change({ sampleRate: requestableSampleRates.find((rate) => String(rate) === value) })
          }
        />
        <Select
          label="Channels"
          format={entry.label}
          value={chosen.channels}
          choices={counts.map((count) => ({ value: String(count), label: channelWords(count) }))}
          onChange={(value) => change({ channels: value === undefined ? undefined : Number(value) })}
        />
        <Select
          label="Loudness"
          format={entry.label}
          value={chosen.loudness?.target}
          choices={loudnessChoices(chosen.loudness)}
          onChange={(value) => change({ loudness: loudnessOf(value) })}
        />
        {entry.bitDepths.length > 0 && (
          <Select
            label="Bit depth"
            format={entry.label}
            value={chosen.bitDepth}
            choices={entry.bitDepths.map((depth) => ({
              value: String(depth),
              label: depth === 32 ? '32 bit float' : `${depth} bit`,
            }))}
            onChange={(value) => change({ bitDepth: bitDepths.find((depth) => String(depth) === value) })}
          />
        )}
      </div>
      {hour !== undefined && (
        <p class="quiet" data-testid="speed">
          Measured on {measuredSpeed.date}: {hour}.
        </p>
      )}
      {chosen.more !== undefined && (
        <p class="quiet preset-more">
          Also from the preset: {moreText(chosen.more)}{' '}
          <button
            type="button"
            class="button button-bare"
            onClick={() => {
              change({ more: undefined });
              landFocus();
            }}
          >
            Leave out
            <span class="only-heard"> of {entry.label}</span>
          </button>
        </p>
      )}
      {problem !== undefined && <p class="field-problem">{problem}</p>}
    </li>
  );
}
