/** Presets as a file: what is exported here, or `GET /api/presets` answers, can be imported. */
import type { PresetsToImport } from '@wavefleet/client/presets.ts';
import { Problem } from '@wavefleet/client/problem.ts';
import { unreadable } from '@wavefleet/client/unreadable.ts';
import { findPresetProblem, importBodySchema, type PresetView } from '@wavefleet/contracts/own-presets.ts';

/** Larger files hold something else. */
const LARGEST_FILE_BYTES = 1_000_000;

/** What the file says, for people too. */
export function fileOf(presets: readonly PresetView[]): string {
  return `${JSON.stringify({ presets }, null, 2)}\n`;
}

/** @throws Problem in words for whoever has chosen the file. */
export async function presetsInFile(file: Pick<Blob, 'size' | 'text'>): Promise<PresetsToImport> {
  const refuse = (message: string) => new Problem('NO_PRESETS', message, {});
  const text =
    file.size > LARGEST_FILE_BYTES
      ? ''
      : await file.text().catch((error: unknown) => {
          throw unreadable(error);
        });
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    throw refuse('This file holds no presets: it is not JSON.');
  }
  const { data, error } = importBodySchema.safeParse(said);
  if (data === undefined) {
    const [{ path: [list, index, ...field] = [], message } = { message: '' }] = error.issues;
    throw refuse(
      list === 'presets' && typeof index === 'number'
        ? `Preset ${index + 1} in this file is not valid: ${field.join('.')}: ${message}.`
        : 'This file is not an export of presets.',
    );
  }
  for (const { name, format, quality, options } of data.presets) {
    const problem = findPresetProblem(format, quality, options);
    if (problem !== undefined) throw refuse(`${name} in this file: ${problem.field}: ${problem.message}.`);
  }
  return data.presets;
}
