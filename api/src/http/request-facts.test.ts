/** What the log is told of a request's address. */
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { AppEnv } from './context.ts';
import { factsOf } from './request-facts.ts';

const TOKEN = 'PqPj-hEUR36bv0rRM6W9yQsJPk5-fZLz_iREggNbMyaYG9SimomaJyPIRrfLHuGT';

async function pathTold(path: string): Promise<string> {
  const app = new Hono<AppEnv>();
  app.all('*', (c) => c.text(factsOf(c).path));
  return await (await app.request(path)).text();
}

test('the token of a link is not told, wherever it leads', async () => {
  for (const of of ['', '/download', '/audio', '/x'])
    expect(await pathTold(`/s/${TOKEN}${of}`)).toBe(`/s/token${of}`);
  expect(await pathTold(`//s/${TOKEN}`)).not.toContain(TOKEN);
  expect(await pathTold(`/S/${TOKEN}`)).not.toContain(TOKEN);
  expect(await pathTold('/api/jobs/1')).toBe('/api/jobs/1');
});
