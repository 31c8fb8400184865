/** Which settings reach the fleet of `npm start`. */
import { settingNames } from '@wavefleet/platform/config.ts';
import { expect, test } from 'vitest';
import { passedSettings, settingsFrom } from './passed-settings.ts';

test('what is set is handed on or named as ignored; nothing is dropped without a word', () => {
  const env = Object.fromEntries(settingNames.map((name) => [name, 'set']));
  const { passed, ignored } = settingsFrom({ ...env, EDITOR: 'vi' });
  expect([...Object.keys(passed), ...ignored, 'PORT'].toSorted()).toEqual(settingNames.toSorted());
});

test('how long things are kept and how many run at once are handed on, addresses are not', () => {
  const env = {
    UPLOAD_KEEP_DAYS: '1',
    WORKER_CONCURRENCY: '2',
    LOG_LEVEL: '',
    HOST: '0.0.0.0',
    S3_BUCKET: 'b',
  };
  expect(settingsFrom(env)).toEqual({
    passed: { UPLOAD_KEEP_DAYS: '1', WORKER_CONCURRENCY: '2' },
    ignored: ['S3_BUCKET', 'HOST'],
  });
  expect(passedSettings).toEqual(expect.arrayContaining(['METRICS_NAMESPACE', 'MEAN_JOB_SECONDS', 'AUTH']));
});
