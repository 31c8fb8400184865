/** Two browsers and curl beside each other: each sees its own, and what is not its own looks as if it were not there. */
import { get } from 'node:http';
import { jobListSchema } from '@wavefleet/contracts/http.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf, jobOf, uploadOf } from '../bring-up/caller.ts';
import { Stand } from '../bring-up/stand.ts';
import { refusal, UNKNOWN_ID } from './refusal.ts';

let api: Stand;
beforeAll(async () => {
  api = await Stand.start({
    webPage: { html: '<!doctype html><title>wavefleet</title>', files: new Map() },
  });
});
afterAll(() => api.stop());

/** Who opens the page and keeps its cookie. */
async function browser() {
  const page = await api.request('/');
  const caller = callerOf(api, page.headers.get('set-cookie')?.split(';')[0] ?? '');
  return {
    ...caller,
    begin: async () => await uploadOf(await caller.begin()),
    job: async (fileId: string) => await jobOf(await caller.submit(fileId)),
    async history() {
      const list = jobListSchema.parse(await (await caller.request('/api/jobs?limit=100')).json());
      return list.jobs.map(({ jobId }) => jobId);
    },
  };
}

/** Of a GET that another site caused. Past `fetch`, which has a mode of its own. */
async function statusAt(path: string, headers: Record<string, string>): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const sent = { 'sec-fetch-site': 'cross-site', ...headers };
    get(`http://127.0.0.1:${api.port}${path}`, { headers: sent }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', reject);
  });
}

/** The whole answer but for the id of the request, the time, and how many more may follow. */
async function whole(response: Response): Promise<string> {
  const text = (await response.text()).replace(/"requestId":"[^"]+"/, '');
  const changing = ['x-request-id', 'date', 'ratelimit'];
  const headers = [...response.headers].filter(([name]) => !changing.includes(name));
  return JSON.stringify({ status: response.status, headers, text });
}

test('each sees its own jobs, and curl those of nobody', async () => {
  const [ann, ben] = [await browser(), await browser()];
  const [annsJob, bensJob] = [await ann.job(await ann.upload()), await ben.job(await ben.upload())];
  const nobodys = await api.byHand.job();
  expect(await ann.history()).toEqual([annsJob]);
  expect(await ben.history()).toEqual([bensJob]);
  const list = jobListSchema.parse(await (await api.request('/api/jobs?limit=100')).json());
  expect(list.jobs.map(({ jobId }) => jobId)).toEqual([nobodys]);
  for (const jobId of [annsJob, bensJob]) {
    expect((await api.platform.jobs.get(jobId))?.ownerId).toMatch(/^browser:[\w-]{43}$/);
  }
});

describe('foreign and unknown are the same to the byte', () => {
  test('jobs, on every address', async () => {
    const [ann, ben] = [await browser(), await browser()];
    const fileId = await ann.upload();
    const [active, done] = [await ann.job(fileId), await ann.job(fileId)];
    await api.byHand.complete(await api.byHand.claim(done), Buffer.from('the result'));
    for (const [method, path] of [
      ['GET', '/api/jobs/ID'],
      ['GET', '/api/progress?jobId=ID'],
      ['GET', '/api/jobs/ID/events'],
      ['GET', '/api/download?jobId=ID'],
      ['GET', '/api/download?jobId=ID&mode=url'],
      ['GET', '/api/jobs/ID/audio'],
      ['GET', '/api/jobs/ID/audio?of=source'],
      ['POST', '/api/jobs/ID/retry'],
      ['POST', '/api/jobs/ID/share'],
      ['GET', '/api/jobs/ID/share'],
      ['DELETE', `/api/jobs/ID/share/${UNKNOWN_ID}`],
      ['DELETE', '/api/jobs/ID'],
    ] as const) {
      const ask = async (id: string) => await whole(await ben.request(path.replace('ID', id), { method }));
      const unknown = await ask(UNKNOWN_ID);
      expect(unknown).toContain('JOB_NOT_FOUND');
      for (const id of [active, done]) expect(await ask(id), `${method} ${path}`).toBe(unknown);
    }
    const cleanup = async (id: string) => await whole(await ben.post('/api/cleanup', { jobId: id }));
    expect(await cleanup(done)).toBe(await cleanup(UNKNOWN_ID));
    expect((await ann.request(`/api/download?jobId=${done}`)).status).toBe(200);
    expect(await (await ann.request(`/api/jobs/${active}`)).json()).toMatchObject({ status: 'created' });
  });

  test('uploads, finished or not, on every address', async () => {
    const [ann, ben] = [await browser(), await browser()];
    const ids = [await ann.upload(), await ann.begin()];
    const asks: ((id: string) => Promise<Response>)[] = [
      (id) => ben.request(`/api/uploads/${id}`),
      (id) => ben.request(`/api/uploads/${id}`, { method: 'DELETE' }),
      (id) => ben.request(`/api/uploads/${id}/complete`, { method: 'POST' }),
      (id) => ben.post(`/api/uploads/${id}/parts`, { partNumbers: [1] }),
      (id) => ben.request(`/api/uploads/${id}/parts/1`, { method: 'PUT', body: 'abcde' }),
      (id) => ben.post('/api/jobs', { fileId: id, format: 'mp3' }),
      (id) => ben.post('/api/cleanup', { fileId: id }),
    ];
    for (const ask of asks) {
      const unknown = await whole(await ask(UNKNOWN_ID));
      expect(unknown).toContain('UPLOAD_NOT_FOUND');
      for (const id of ids) expect(await whole(await ask(id))).toBe(unknown);
    }
    for (const id of ids) expect((await ann.request(`/api/uploads/${id}`)).status).toBe(200);
  });

  test('a cursor of somebody else leads nowhere', async () => {
    const [ann, ben] = [await browser(), await browser()];
    const fileId = await ann.upload();
    await ann.job(fileId);
    await ann.job(fileId);
    const page = jobListSchema.parse(await (await ann.request('/api/jobs?limit=1')).json());
    const cursor = encodeURIComponent(page.nextCursor ?? '');
    expect((await ann.request(`/api/jobs?cursor=${cursor}`)).status).toBe(200);
    expect(await refusal(await ben.request(`/api/jobs?cursor=${cursor}`))).toBe('400 INVALID_CURSOR');
  });
});

test('what another site makes a browser send is refused, whether or not the cookie came along', async () => {
  const ann = await browser();
  const [fileId, done] = [await ann.upload(), await ann.job(await ann.upload())];
  const crossSite = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  for (const [method, path] of [
    ['POST', '/api/upload-audio'],
    ['POST', '/api/upload-cover'],
    ['POST', '/api/uploads'],
    ['PUT', `/api/uploads/${fileId}/parts/1`],
    ['POST', `/api/uploads/${fileId}/complete`],
    ['DELETE', `/api/uploads/${fileId}`],
    ['POST', '/api/jobs'],
    ['POST', `/api/jobs/${done}/retry`],
    ['POST', `/api/jobs/${done}/share`],
    ['DELETE', `/api/jobs/${done}/share/${UNKNOWN_ID}`],
    ['DELETE', `/api/jobs/${done}`],
    ['POST', '/api/cleanup'],
  ] as const) {
    for (const ask of [ann.request, api.request.bind(api)]) {
      expect(await refusal(await ask(path, { method, headers: crossSite })), path).toBe('403 CSRF_REJECTED');
    }
    // No browser keeps silent about it.
    const silent = await api.request(path, { method, headers: { cookie: ann.cookie } });
    expect(await refusal(silent), path).toBe('403 CSRF_REJECTED');
  }
  const origin = `http://127.0.0.1:${api.port}`;
  const own = await ann.request(`/api/uploads/${fileId}`, { method: 'DELETE', headers: { origin } });
  expect(own.status).toBe(204);
  // Links into the service still work; pictures and scripts that another page takes from here do not.
  expect(await statusAt(`/api/jobs?limit=1`, { 'sec-fetch-mode': 'navigate' })).toBe(200);
  expect(await statusAt(`/api/jobs?limit=1`, { 'sec-fetch-mode': 'no-cors' })).toBe(403);
});
