/** Links to results: what whoever has one sees, how often, until when; and that all ends look the same. */
import { MAX_SHARES_OF_JOB, sharedSchema, sharePath } from '@wavefleet/contracts/shares.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { loseAnswerOf } from '../bring-up/client-faults.ts';
import { Stand } from '../bring-up/stand.ts';
import { refusal, UNKNOWN_ID } from './refusal.ts';

let api: Stand;
beforeAll(async () => {
  api = await Stand.start();
});
afterAll(() => api.stop());

const RESULT = Buffer.from('the bytes of a result');
const UNKNOWN_PATH = sharePath('A'.repeat(64));

/** A completed job. */
async function done(fileId?: string): Promise<string> {
  const jobId = await api.byHand.job(fileId);
  await api.byHand.complete(await api.byHand.claim(jobId), RESULT);
  return jobId;
}

async function share(jobId: string, asked: Record<string, unknown> = {}) {
  const response = await api.postJson(`/api/jobs/${jobId}/share`, asked);
  expect(response.status).toBe(201);
  return sharedSchema.parse(await response.json());
}

/** All of an answer but what differs between any two. */
async function whole(path: string): Promise<unknown> {
  const response = await api.request(path);
  const changing = ['x-request-id', 'date', 'ratelimit'];
  const headers = [...response.headers].filter(([name]) => !changing.includes(name));
  return { status: response.status, headers, body: await response.text() };
}

/** That page, download and sound of the link are what they are for one that never was. */
async function expectNowhere(path: string): Promise<void> {
  for (const of of ['', '/download', '/audio']) {
    const unknown = await whole(UNKNOWN_PATH + of);
    expect(unknown).toMatchObject({ status: 404, body: expect.stringContaining('This link leads nowhere') });
    expect(await whole(path + of), of).toEqual(unknown);
  }
}

describe('a link', () => {
  test('shows a page with player, facts and download to whoever has it, and to no search engine', async () => {
    const { path, expiresAt, ...made } = await share(await done());
    expect(made).toEqual({
      shareId: expect.any(String),
      createdAt: expect.any(String),
      downloads: 0,
      state: 'works',
    });
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    const page = await api.request(path);
    expect(page.status).toBe(200);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'sha256-/),
    });
    expect(page.headers.get('set-cookie')).toBeNull();
    const html = await page.text();
    expect(html).toContain('<meta name="robots" content="noindex, nofollow">');
    expect(html).toContain(`<audio controls preload="metadata" src="${path}/audio">`);
    expect(html).toContain(`<a href="${path}/download" download`);
    expect(html).not.toContain('conversions/');
    expect(html).not.toContain(api.platform.config.S3_BUCKET);

    const file = await api.request(`${path}/download`);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(RESULT);
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="/);
    expect((await api.request(`${path}/audio`, { headers: { range: 'bytes=0-2' } })).status).toBe(206);
  });

  test('a name is shown as text, whatever is in it', async () => {
    const fileId = await api.byHand.upload('<img src=x onerror=alert(1)>.wav');
    const html = await (await api.request((await share(await done(fileId))).path)).text();
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  test('its downloads are counted as they begin: parts that go on with one, HEAD and the player are none', async () => {
    const jobId = await done();
    const { path, shareId } = await share(jobId);
    const ask = async (init: RequestInit, of = '/download') => {
      const response = await api.request(path + of, init);
      await response.arrayBuffer();
      return response.status;
    };
    expect(await ask({})).toBe(200);
    expect(await ask({ headers: { range: 'bytes=0-3' } })).toBe(206);
    expect(await ask({ headers: { range: 'bytes=4-' } })).toBe(206);
    expect(await ask({ method: 'HEAD' })).toBe(200);
    expect(await ask({}, '/audio')).toBe(200);
    expect(await api.client.shares.list(jobId)).toEqual([
      expect.objectContaining({ shareId, downloads: 2, state: 'works' }),
    ]);
  });

  test('that ends after it was opened: nothing is given out', async () => {
    const jobId = await done();
    await share(jobId);
    const { shares = {} } = (await api.platform.jobs.get(jobId)) ?? expect.fail();
    const [[shareId, { expiresAt }] = expect.fail()] = Object.entries(shares);
    const mayAt = (now: number) => api.platform.shares.countDownload(jobId, shareId, now);
    expect([await mayAt(expiresAt - 1), await mayAt(expiresAt)]).toEqual([true, false]);
  });

  test('with a number of downloads: of twenty at once no more than that many get the file, whole, and there is no player', async () => {
    const jobId = await done();
    const { path } = await share(jobId, { maxDownloads: 3 });
    const html = await (await api.request(path)).text();
    expect(html).not.toContain('<audio');
    expect(html).toContain('<dt>Downloads left</dt><dd>3</dd>');
    expect((await api.request(`${path}/audio`)).status).toBe(404);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await api.request(`${path}/download`, { headers: { range: 'bytes=1-' } });
        return { status: response.status, bytes: (await response.arrayBuffer()).byteLength };
      }),
    );
    expect(answers.filter(({ status }) => status === 200)).toEqual(
      Array.from({ length: 3 }, () => ({ status: 200, bytes: RESULT.length })),
    );
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(17);
    expect(await api.client.shares.list(jobId)).toMatchObject([{ downloads: 3, state: 'used-up' }]);
    await expectNowhere(path);
  });
});

describe('the end of a link looks like a link that never was, to the byte', () => {
  test('unknown, of an unknown job, changed, cut, too long', async () => {
    const { path } = await share(await done());
    const swapped = path.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    for (const each of [swapped, path.slice(0, -1), `${path}A`, sharePath('%00'), sharePath('..%2f')]) {
      await expectNowhere(each);
    }
  });

  test('expired', async () => {
    const { path } = await share(await done(), { expiresInSeconds: 60 });
    vi.setSystemTime(Date.now() + 61_000);
    onTestFinished(() => void vi.useRealTimers());
    await expectNowhere(path);
  });

  test('revoked', async () => {
    const jobId = await done();
    const [kept, { path, shareId }] = [await share(jobId), await share(jobId)];
    expect((await api.request(`/api/jobs/${jobId}/share/${shareId}`, { method: 'DELETE' })).status).toBe(204);
    await expectNowhere(path);
    expect((await api.request(kept.path)).status).toBe(200);
    const again = await api.request(`/api/jobs/${jobId}/share/${shareId}`, { method: 'DELETE' });
    expect(await refusal(again)).toBe('404 SHARE_NOT_FOUND');
  });

  test('its job was deleted', async () => {
    const jobId = await done();
    const { path } = await share(jobId);
    await api.client.jobs.remove(jobId);
    await expectNowhere(path);
  });

  test('its result was cleaned up, or has gone from the bucket', async () => {
    const [cleaned, lost] = [await done(), await done()];
    const [first, second] = [await share(cleaned), await share(lost)];
    await api.client.jobs.cleanUp(cleaned);
    await expectNowhere(first.path);
    const { outputS3Location: output } = (await api.platform.jobs.get(lost)) ?? {};
    await api.platform.objects.remove([output?.key ?? '']);
    await expectNowhere(second.path);
  });
});

describe('making links', () => {
  test('of a job that has no result, of nobody’s and of a wrong kind: refused', async () => {
    const waiting = await api.byHand.job();
    const ask = async (jobId: string, body: unknown = {}) =>
      await refusal(await api.postJson(`/api/jobs/${jobId}/share`, body));
    expect(await ask(waiting)).toBe('409 JOB_NOT_READY');
    await api.client.jobs.remove(waiting);
    expect(await ask(waiting)).toBe('409 JOB_FAILED');
    expect(await ask(UNKNOWN_ID)).toBe('404 JOB_NOT_FOUND');
    const jobId = await done();
    for (const body of [
      { maxDownloads: 0 },
      { maxDownloads: '3' },
      { expiresInSeconds: 59 },
      { expiresInSeconds: 1e12 },
      { password: 'x' },
    ]) {
      expect(await ask(jobId, body)).toBe('400 VALIDATION_ERROR');
    }
  });

  test('the record holds no token, and no link outlives its job', async () => {
    const jobId = await done();
    const { path, expiresAt } = await share(jobId, { expiresInSeconds: 3_650 * 86_400 });
    const job = await api.platform.jobs.get(jobId);
    expect(JSON.stringify(job)).not.toContain(path.slice(-43));
    expect(Date.parse(expiresAt)).toBe((job?.ttl ?? 0) * 1000);
  });

  test('as many as may be at once, and no more; those that have ended make room', async () => {
    const jobId = await done();
    const made = await Promise.all(
      Array.from({ length: MAX_SHARES_OF_JOB + 5 }, () => api.postJson(`/api/jobs/${jobId}/share`, {})),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(MAX_SHARES_OF_JOB);
    const over = await api.postJson(`/api/jobs/${jobId}/share`, {});
    expect(await refusal(over)).toBe('409 SHARES_LIMIT');
    const [first] = await api.client.shares.list(jobId);
    await api.client.shares.revoke(jobId, first?.shareId ?? '');
    const { path } = await share(jobId, { maxDownloads: 1 });
    await (await api.request(`${path}/download`)).arrayBuffer();
    await share(jobId);
    const states = (await api.client.shares.list(jobId)).map(({ state }) => state);
    expect(states).toEqual(Array.from({ length: MAX_SHARES_OF_JOB }, () => 'works'));
  });

  test('places of those that have ended are given away once, however many ask at once', async () => {
    const jobId = await done();
    const ending = await Promise.all(
      Array.from({ length: MAX_SHARES_OF_JOB }, () => share(jobId, { maxDownloads: 1 })),
    );
    for (const { path } of ending) await (await api.request(`${path}/download`)).arrayBuffer();
    const made = await Promise.all(
      Array.from({ length: MAX_SHARES_OF_JOB + 10 }, () => api.postJson(`/api/jobs/${jobId}/share`, {})),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(MAX_SHARES_OF_JOB);
    expect(await api.client.shares.list(jobId)).toHaveLength(MAX_SHARES_OF_JOB);
  });

  test('a job that is deleted after its download is, also after the download of a link', async () => {
    const fileId = await api.byHand.upload();
    const order = { fileId, format: 'mp3', deleteAfterDownload: true } as const;
    const { jobId } = await api.client.jobs.submit(order);
    await api.byHand.complete(await api.byHand.claim(jobId), RESULT);
    const { path } = await share(jobId);
    await (await api.request(`${path}/download`)).arrayBuffer();
    await until(
      'it is noted',
      async () => (await api.platform.jobs.get(jobId))?.deleteAt !== undefined || undefined,
    );
  });
});

describe('of which the answer of the table is lost', () => {
  const lose = (part: string) => loseAnswerOf(api.platform.aws.dynamo, part);

  test('a download is counted once, and the last that may be gets the file', async () => {
    const jobId = await done();
    const { path } = await share(jobId, { maxDownloads: 2 });
    const counts = [];
    for (let times = 1; times <= 2; times += 1) {
      const wasLost = lose('downloads + :one');
      const file = await api.request(`${path}/download`);
      expect([file.status, wasLost()]).toEqual([200, true]);
      expect(Buffer.from(await file.arrayBuffer())).toEqual(RESULT);
      counts.push(...(await api.client.shares.list(jobId)).map(({ downloads }) => downloads));
    }
    expect(counts).toEqual([1, 2]);
    await expectNowhere(path);
  });

  test('a link that is made is answered as made: the first, the last that there is room for, one in the place of one that ended', async () => {
    const jobId = await done();
    const wasLost = lose('#shares = :shares');
    const { path: first } = await share(jobId, { maxDownloads: 1 });
    expect(wasLost()).toBe(true);
    for (let links = 2; links < MAX_SHARES_OF_JOB; links += 1) await share(jobId);
    for (const isFull of [false, true]) {
      if (isFull) await (await api.request(`${first}/download`)).arrayBuffer();
      const isLost = lose('#shares.#id = :share');
      const { path } = await share(jobId);
      expect(isLost()).toBe(true);
      expect((await api.request(path)).status).toBe(200);
      expect(await api.client.shares.list(jobId)).toHaveLength(MAX_SHARES_OF_JOB);
    }
  });

  test('a link that is revoked is answered as revoked', async () => {
    const jobId = await done();
    const { path, shareId } = await share(jobId);
    const wasLost = lose('REMOVE #shares.#id');
    const revoke = () => api.request(`/api/jobs/${jobId}/share/${shareId}`, { method: 'DELETE' });
    expect([(await revoke()).status, wasLost()]).toEqual([204, true]);
    await expectNowhere(path);
    expect(await refusal(await revoke())).toBe('404 SHARE_NOT_FOUND');
  });
});
