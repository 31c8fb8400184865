/** Which plan holds for whom. */
import { expect, test } from 'vitest';
import { requiredSettings } from '../config.testing.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { planOf } from './plans.ts';

const settings = {
  ...requiredSettings,
  PLANS: JSON.stringify({
    free: { minutesPerMonth: 60, activeJobs: 2, storedBytes: 1_000, uploadBytes: 500, retentionDays: 7 },
    studio: { minutesPerMonth: 6_000, uploadBytes: 1_000_000_000 },
    'all of it': {},
  }),
  PLAN_ANONYMOUS: 'free',
  PLAN_SIGNED_IN: 'studio',
  PLAN_OWNERS: 'account:x=free, archive=all of it',
};

test.each([
  ['a browser', 'browser:abc', 'free'],
  ['who says nothing', 'anonymous', 'free'],
  ['who has signed in', 'account:y', 'studio'],
  ['an account with a plan of its own', 'account:x', 'free'],
  ['an owner with a plan of its own', 'archive', 'all of it'],
  ['a name that an operator gave', 'drops', undefined],
])('%s has the plan %#', (_, ownerId, name) => {
  expect(planOf(loadConfig(settings), ownerId).name).toBe(name);
});

test('a plan stands in place of the settings, never above what a process takes', () => {
  const config = loadConfig(settings);
  expect(planOf(config, 'anonymous')).toEqual({
    ...{ name: 'free', minutesPerMonth: 60, activeJobs: 2, storedBytes: 1_000, retentionDays: 7 },
    upload: { limitBytes: 500, code: 'PLAN_UPLOAD_LIMIT' },
    singleUpload: { limitBytes: 500, code: 'PLAN_UPLOAD_LIMIT' },
  });
  expect(planOf(config, 'account:y')).toEqual({
    ...{ name: 'studio', minutesPerMonth: 6_000, activeJobs: config.MAX_ACTIVE_JOBS },
    ...{ storedBytes: config.MAX_STORED_BYTES, retentionDays: config.JOB_RETENTION_DAYS },
    upload: { limitBytes: 1_000_000_000, code: 'PLAN_UPLOAD_LIMIT' },
    singleUpload: { limitBytes: config.MAX_UPLOAD_BYTES, code: 'REQUEST_TOO_LARGE' },
  });
  expect(planOf(loadConfig(requiredSettings), 'anonymous')).toMatchObject({
    ...{ name: undefined, minutesPerMonth: undefined, activeJobs: config.MAX_ACTIVE_JOBS },
    upload: { limitBytes: config.MAX_RESUMABLE_UPLOAD_BYTES, code: 'UPLOAD_TOO_LARGE' },
  });
});

test.each([
  ['{"free":{"minutes":1}}', {}, 'PLANS: expected a JSON object of plans by name'],
  ['{"free":{"activeJobs":0}}', {}, 'PLANS: expected a JSON object of plans by name'],
  ['free', {}, 'PLANS: expected a JSON object of plans by name'],
  ['{"free":{}}', { PLAN_ANONYMOUS: 'fre' }, 'PLAN_ANONYMOUS: expected a plan that PLANS has, got fre'],
  ['{"free":{}}', { PLAN_OWNERS: 'a=b' }, 'PLAN_OWNERS: expected plans that PLANS has, got b'],
  ['{"free":{}}', { PLAN_OWNERS: 'free' }, 'PLAN_OWNERS: expected owner=plan'],
  ['{"big":{"uploadBytes":9000000000000}}', {}, 'PLANS: expected uploadBytes of big to be at most'],
])('%s is refused at start', (PLANS, more, sentence) => {
  const load = () => loadConfig({ ...requiredSettings, PLANS, ...more });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(sentence);
});
