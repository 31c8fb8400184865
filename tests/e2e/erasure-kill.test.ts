/** An API that is killed while it deletes everything of somebody: the one that takes its place goes on, unasked. */

import { submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { meSchema } from '@wavefleet/contracts/people.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserHeaders } from '../bring-up/caller.ts';
import { everythingStored } from '../bring-up/everything-stored.ts';
import { Fleet } from '../bring-up/fleet.ts';
import { cutOffWav } from '../bring-up/not-audio.ts';

const JOBS = 120;
let fleet: Fleet;
let platform: Platform;
beforeAll(async () => {
  fleet = await Fleet.start({ workers: 0 });
  platform = makePlatform(loadConfig(fleet.env), makeLog('test', 'silent'));
});
afterAll(async () => {
  platform?.close();
  await fleet?.stop();
});

test('SIGKILL in the middle: nothing is left all the same, and nothing of another is gone', async () => {
  const ask = (who: string, path: string, init: RequestInit = {}) =>
    fetch(`${fleet.apiUrl}${path}`, {
      ...init,
      headers: { ...init.headers, ...browserHeaders(`wavefleet=${who.repeat(43)}`) },
    });
  const withJobs = async (who: string, count: number) => {
    const body = new Uint8Array(cutOffWav);
    const upload = await ask(who, '/api/upload-audio', { method: 'POST', body });
    const { fileId } = uploadedSchema.parse(await upload.json());
    const job = { fileId, format: 'mp3' };
    const headers = { 'content-type': 'application/json' };
    const jobIds: string[] = [];
    const submit = async () => {
      const answer = await ask(who, '/api/jobs', { method: 'POST', headers, body: JSON.stringify(job) });
      jobIds.push(submittedSchema.parse(await answer.json()).jobId);
    };
    for (let made = 0; made < count; made += 10) await Promise.all(Array.from({ length: 10 }, submit));
    return { ownerId: meSchema.parse(await (await ask(who, '/api/me')).json()).ownerId, jobIds };
  };
  const { ownerId: gone, jobIds } = await withJobs('g', JOBS);
  const { ownerId: stays } = await withJobs('s', 10);
  const storedOf = async (owner: string) =>
    (await everythingStored(platform)).filter((each) => each.includes(owner));
  // Of jobs only which they are: sweepers note in their records what they have done.
  const namesOf = async (owner: string) =>
    (await storedOf(owner)).map((each) => each.replace(/ \{.*"jobId":"([^"]+)".*/, ' $1')).sort();
  const before = await namesOf(stays);
  expect((await storedOf(gone)).length).toBeGreaterThan(JOBS);

  const asked = ask('g', '/api/me?confirm=everything', { method: 'DELETE' }).catch(() => undefined);
  // It goes through them from one end; all of them are gone in a second.
  const ends = [jobIds.slice(0, 10), jobIds.slice(-10)].flat();
  const isUnderWay = async () =>
    (await Promise.all(ends.map((jobId) => platform.jobs.get(jobId)))).includes(undefined);
  await until('it is under way', isUnderWay, 20_000);
  fleet.api.process.kill('SIGKILL');
  await fleet.api.ended;
  expect(await asked).toBeUndefined();
  const left = await platform.history.list(gone, { limit: 100, from: '2020-01-01T00:00:00.000Z' });
  expect(left.jobs).not.toEqual([]);

  await fleet.restartApi();
  await expect
    .poll(() => storedOf(gone), { timeout: 60_000, interval: 2_000 })
    .toEqual([expect.stringContaining(`erasure:${gone}`)]);
  expect(await namesOf(stays)).toEqual(before);
});
