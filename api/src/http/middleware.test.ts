/** What every answer has, whatever was asked. */
import { requiredSettings } from '@wavefleet/platform/config.testing.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { expect, test } from 'vitest';
import { router } from './context.ts';
import { makeErrorHandler } from './errors.ts';
import { useMiddleware } from './middleware.ts';

/** What answers say about HTTPS: of a route, of none, and of a refusal. */
async function said(settings: Record<string, string>): Promise<(string | null)[]> {
  const app = router();
  const config = loadConfig({ ...requiredSettings, ...settings });
  const { log } = recordedLog();
  useMiddleware(app, { log, config });
  app.onError(makeErrorHandler(log));
  app.get('/', (c) => c.text('here'));
  const answers = await Promise.all([
    app.request('http://localhost/'),
    app.request('http://localhost/none'),
    app.request('/', { headers: { host: 'elsewhere.example' } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 403]);
  return answers.map((answer) => answer.headers.get('strict-transport-security'));
}

test('where people come over HTTPS, whatever ends it, browsers keep to that for a year; else nothing is said of it', async () => {
  const year = 'max-age=31536000';
  expect(await said({ PUBLIC_URL: 'https://audio.example' })).toEqual([year, year, year]);
  expect(await said({ PUBLIC_URL: 'http://127.0.0.1:3000' })).toEqual([null, null, null]);
  expect(await said({})).toEqual([null, null, null]);
});
