/** What a submission with a preset asks for. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type SubmitBody, submitBodySchema } from '@wavefleet/contracts/http.ts';
import { findPreset, type Preset } from '@wavefleet/contracts/presets.ts';
import { expect, test } from 'vitest';
import type { Owner } from '../http/context.ts';
import { conversionOf } from './conversion-of.ts';
import type { JobDeps } from './deps.ts';

const own: Preset = {
  ...{ label: 'Mine', format: 'flac', options: { bitDepth: 24, trimStart: 60, fadeIn: 1 } },
};
const deps = {
  presets: {
    find: async (ownerId: string, name: string) => {
      const preset = ownerId === 'ann' && name === 'mine' ? own : findPreset(name);
      return preset && { preset, isOwn: preset === own };
    },
  },
  jobs: { madeBy: async (jobId: string) => ({ jobId, job: undefined }) },
} as unknown as Pick<JobDeps, 'presets' | 'jobs'>;
const owner: Owner = { kind: 'key', id: 'ann', scopes: [] };

async function ask(body: Omit<SubmitBody, 'fileId'>, by = owner, more: Partial<typeof deps> = {}) {
  const { fileId: _, ...asked } = submitBodySchema.parse({ fileId: 'f', ...body });
  const caller = { owner: by, idempotencyKey: more.jobs && 'k' };
  return await conversionOf({ ...deps, ...more }, asked, caller).catch((error: unknown) => {
    if (error instanceof Failure) return [error.code, error.detail];
    throw error;
  });
}

test('a preset says all that the submission leaves open, and is known by what was said', async () => {
  expect(await ask({ preset: 'mine' })).toEqual({
    ...{ format: 'flac', options: own.options, asked: { preset: 'mine' } },
  });
  expect(await ask({ preset: 'mp3-320k', email: true })).toEqual({
    ...{ format: 'mp3', quality: '320k', options: {}, email: true, asked: { preset: 'mp3-320k' } },
  });
  expect(await ask({ format: 'mp3' })).toEqual({ format: 'mp3', options: {} });
});

test('what is said besides goes before the preset, option by option; a quality does not survive another format', async () => {
  const asked = { preset: 'mine', options: { bitDepth: 16, trimEnd: 90 } } as const;
  expect(await ask(asked)).toEqual({
    ...{ format: 'flac', options: { bitDepth: 16, trimStart: 60, fadeIn: 1, trimEnd: 90 }, asked },
  });
  const { quality, ...other } = { preset: 'mp3-320k', format: 'opus', quality: '96k' } as const;
  expect(await ask(other)).toEqual({ format: 'opus', options: {}, asked: other });
  expect(await ask({ ...other, quality })).toMatchObject({ format: 'opus', quality: '96k' });
  expect(await ask({ preset: 'mp3-320k', quality: '128k' })).toMatchObject({
    format: 'mp3',
    quality: '128k',
  });
});

test('a preset and a submission that do not go together are refused as if one had said both', async () => {
  expect(await ask({ preset: 'mine', options: { trimEnd: 30 } })).toEqual([
    'INVALID_OPTION',
    { fields: [{ field: 'options.trimEnd', message: 'expected trimEnd to be later than trimStart' }] },
  ]);
});

test('another’s preset is unknown as one that is not there', async () => {
  const ben = { ...owner, id: 'ben' };
  expect(await ask({ preset: 'mine' }, ben)).toEqual(['UNKNOWN_PRESET', { preset: 'mine' }]);
  expect(await ask({ preset: 'gone' })).toEqual(['UNKNOWN_PRESET', { preset: 'gone' }]);
});

test('sent again under its key, it is what its job is, also when the preset has been changed to what does not go with it', async () => {
  const asked = { preset: 'mine', options: { trimEnd: 30 } } as const;
  expect(await ask(asked)).toMatchObject(['INVALID_OPTION', {}]);
  // As it was when the preset cut nothing off the start.
  const made = { format: 'flac', options: { fadeIn: 1, trimEnd: 30 } };
  const jobs = { madeBy: async () => ({ job: made }) } as unknown as JobDeps['jobs'];
  expect(await ask(asked, owner, { jobs })).toEqual({ ...made, asked });
  // Another request under that key is known by what it asked.
  const other = { preset: 'mine', quality: '96k', email: true } as const;
  const { email, ...said } = other;
  expect(await ask(other, owner, { jobs })).toEqual({ ...made, email, asked: said });
  expect(await ask({ preset: 'gone' }, owner, { jobs })).toEqual({ ...made, asked: { preset: 'gone' } });
});
