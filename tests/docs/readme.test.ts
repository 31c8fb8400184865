/** The lists of README and `docs/` against the tables that they repeat. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatNames } from '@wavefleet/contracts/formats.ts';
import { speedSentence } from '@wavefleet/contracts/measured-speed.ts';
import { presets } from '@wavefleet/contracts/presets.ts';
import { requestableSampleRates } from '@wavefleet/contracts/request.ts';
import { passedSettings } from '@wavefleet/localstack/passed-settings.ts';
import { settingNames } from '@wavefleet/platform/config.ts';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const conversions = read('docs/conversions.md');
const settings = read('docs/settings.md');
/** The names in code spans, in order. */
const spansOf = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, span]) => span);

test('what comes out is what the catalogue has', () => {
  expect(spansOf(/^Out: [^\n]+(\n[^\n]+)*/m.exec(readme)?.[0] ?? '')).toEqual(formatNames);
});

test('how long an hour of speech-like sound takes is what was measured', () => {
  const sentence = /<!-- speed:begin -->\n(.*)\n<!-- speed:end -->/.exec(readme)?.[1];
  expect(sentence).toBe(speedSentence());
});

test('the presets are those that drops can choose', () => {
  const sentence = /below `drops\/` is a preset: ([^.]+)\./.exec(conversions)?.[1] ?? '';
  expect(spansOf(sentence)).toEqual(Object.keys(presets));
});

test('the tables of settings name each that the code reads once, and no other', () => {
  const files = globSync('platform/src/{config,settings/*}.ts', { cwd: root });
  const names = files.flatMap((file) =>
    [...read(file).matchAll(/^ {2}([A-Z][A-Z\d_]+): /gm)].map(([, name]) => name),
  );
  const rows = settings
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((row) => spansOf(row.split('|')[1] ?? ''));
  // A default that is made of others stands in the file once more.
  expect(rows.toSorted()).toEqual([...new Set(names)].toSorted());
});

test('the sample rates are those that may be asked for', () => {
  const row = /\| `options.sampleRate` \| ([^;]+) Hz/.exec(conversions)?.[1] ?? '';
  expect(row.match(/\d+/g)?.map(Number)).toEqual(requestableSampleRates);
});

test('the settings that npm start does not pass on are those that it decides itself', () => {
  const sentence = /if you set one of these settings:([^.]+)\./.exec(settings)?.[1] ?? '';
  const kept = settingNames.filter((name) => !passedSettings.includes(name) && name !== 'PORT');
  expect(spansOf(sentence).toSorted()).toEqual(kept.toSorted());
});
