/** What the list of presets shows after each step, also when the server says no; names and files. */
import type { PresetsToImport } from '@wavefleet/client/presets.ts';
import { Problem } from '@wavefleet/client/problem.ts';
import type { PresetBody, PresetView } from '@wavefleet/contracts/own-presets.ts';
import { presets as builtIn } from '@wavefleet/contracts/presets.ts';
import { expect, test } from 'vitest';
import { fileOf, presetsInFile } from './preset-file.ts';
import { presetName } from './preset-name.ts';
import { SavedPresets } from './saved-presets.ts';

const at = '2026-01-01T00:00:00.000Z';
const view = (name: string, format = 'mp3'): PresetView => ({
  ...{ name, label: name, format, options: {}, createdAt: at, updatedAt: at },
});

/** A server that refuses to replace what it is not told to. */
function presetsOver(stored: PresetView[]) {
  const stand = (preset: PresetView | PresetBody) => ({ ...view(preset.name), ...preset }) as PresetView;
  const put = (name: string, preset: PresetView | PresetBody) => {
    stored.splice(stored.findIndex((each) => each.name === name) >>> 0, 1);
    stored.push(stand(preset));
    return stand(preset);
  };
  return new SavedPresets({
    list: async () => [...stored],
    create: async (preset) => put('', preset),
    change: async (name, preset) => put(name, preset),
    remove: async (name) => {
      throw new Problem('PRESET_NOT_FOUND', `You have no preset of that name: ${name}.`, { status: 404 });
    },
    import: async (presets: PresetsToImport, { replace } = {}) => {
      const names = presets
        .map(({ name }) => name)
        .filter((name) => stored.some((each) => each.name === name));
      const taken = [...names, ...presets.map(({ name }) => name).filter((name) => name in builtIn)];
      if (taken.length > 0 && replace !== true)
        throw new Problem('PRESET_EXISTS', 'There is one already.', {
          status: 409,
          detail: { names: taken },
        });
      return presets.map(stand);
    },
  });
}

test('a preset is saved under its name, or in place of the one that has it, and renamed', async () => {
  const presets = presetsOver([view('b')]);
  await presets.refresh();
  expect(await presets.save({ name: 'a', format: 'mp3' })).toBe(true);
  expect(await presets.save({ name: 'a', format: 'flac' })).toBe(true);
  expect(presets.state.value).toEqual({ busy: false, presets: [view('a', 'flac'), view('b')] });
  expect(await presets.rename(view('a', 'flac'), { name: 'c', label: 'See' })).toBe(true);
  expect(presets.state.value.presets).toEqual([view('b'), { ...view('c', 'flac'), label: 'See' }]);
  expect(await presets.remove('gone')).toBe(false);
  expect(presets.state.value.problem).toBe('You have no preset of that name: gone.');
});

test('a file that would replace something is asked about, and then replaces it or not', async () => {
  const presets = presetsOver([view('a')]);
  await presets.refresh();
  const file = new Blob([fileOf([view('a', 'flac')])]);
  expect(await presets.import(file)).toBe(true);
  expect(presets.state.value).toMatchObject({ presets: [view('a')], clash: { names: ['a'] } });
  presets.leave();
  expect(presets.state.value).toEqual({ busy: false, presets: [view('a')] });
  await presets.import(file);
  expect(await presets.replace()).toBe(true);
  expect(presets.state.value).toEqual({ busy: false, presets: [view('a', 'flac')] });
  // Nothing that could be replaced.
  expect(await presets.import(new Blob([fileOf([view('flac')])]))).toBe(false);
  expect(presets.state.value.problem).toBe('There is one already.');
});

test.each([
  ['', 'This file holds no presets: it is not JSON.'],
  ['[]', 'This file is not an export of presets.'],
  [
    '{"presets":[{"name":"a","format":"mp3"},{"name":"B","format":"mp3"}]}',
    /^Preset 2 in this file is not valid: name: /,
  ],
  [
    '{"presets":[{"name":"a","format":"mp3","options":{"bitDepth":16}}]}',
    /^a in this file: options.bitDepth: /,
  ],
])('the file %j is refused in words', async (text, message) => {
  await expect(presetsInFile(new Blob([text]))).rejects.toThrow(message);
});

test('a file that has gone since it was chosen is said to be gone', async () => {
  const presets = presetsOver([]);
  const gone = { size: 2, text: () => Promise.reject(new DOMException('Not there.', 'NotFoundError')) };
  expect(await presets.import(gone)).toBe(false);
  expect(presets.state.value.problem).toMatch(/^This file can no longer be read:/);
});

test.each([
  ['My voice, 2', 'my-voice-2'],
  ['  Größe – Ähnlich!', 'gro-e-ahnlich'],
  ['FLAC', 'flac-2'],
  ['голос', 'preset'],
  ['x'.repeat(80), 'x'.repeat(60)],
])('%j is named %s', (label, name) => {
  expect(presetName(label, (each) => each in builtIn)).toBe(name);
});
