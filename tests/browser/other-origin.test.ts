/**
 * A page of another site in the browser of somebody who runs a fleet. It may come from an origin of its own, or under a
 * name that it lets lead to this machine (DNS rebinding). It reads, lists, puts and deletes nothing.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { uploadedSchema } from '@wavefleet/contracts/http.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { requireChromium } from './chromium.ts';

let fleet: Fleet;
let browser: Browser;
/** Serves the page of the other site. */
let site: Server;
let fileId: string;
let jobId: string;

beforeAll(async () => {
  fleet = await Fleet.start({ workers: 1 });
  await makeSample(fleet.file('mine.wav'), { seconds: 1 });
  const body = await readFile(fleet.file('mine.wav'));
  const uploaded = await fetch(`${fleet.apiUrl}/api/upload-audio?fileName=mine.wav`, {
    method: 'POST',
    body,
  });
  ({ fileId } = uploadedSchema.parse(await uploaded.json()));
  ({ jobId } = await fleet.client.jobs.submit({ fileId, format: 'mp3' }));
  await fleet.client.jobs.waitForEnd(jobId);
  site = createServer((_, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<p>A page.</p>'));
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({
    executablePath: requireChromium(),
    // What the attacker's name server says.
    args: [...root, '--host-resolver-rules=MAP *.example 127.0.0.1'],
  });
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await fleet?.stop();
});

interface Attempt {
  readonly method: string;
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Everything that the two services on this machine can be asked for. */
function attempts(api: string, aws: string): Attempt[] {
  const { S3_BUCKET: bucket = '' } = fleet.env;
  const json = { 'content-type': 'application/json' };
  const target = (name: string) => ({ 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': name });
  return [
    { method: 'GET', url: `${api}/` },
    { method: 'GET', url: `${api}/api/jobs` },
    { method: 'GET', url: `${api}/api/health` },
    { method: 'GET', url: `${api}/api/debug/system` },
    { method: 'GET', url: `${api}/api/download?jobId=${jobId}` },
    { method: 'GET', url: `${api}/api/download?jobId=${jobId}&mode=url` },
    { method: 'POST', url: `${api}/api/upload-audio`, body: 'RIFF----WAVEfmt ' },
    {
      method: 'POST',
      url: `${api}/api/jobs`,
      headers: json,
      body: JSON.stringify({ fileId, format: 'mp3' }),
    },
    { method: 'POST', url: `${api}/api/uploads`, headers: json, body: '{"fileName":"a.wav","sizeBytes":9}' },
    { method: 'DELETE', url: `${api}/api/jobs/${jobId}` },
    { method: 'DELETE', url: `${api}/api/uploads/${fileId}` },
    { method: 'GET', url: `${aws}/` },
    { method: 'GET', url: `${aws}/${bucket}?list-type=2` },
    { method: 'GET', url: `${aws}/${bucket}/uploads/${fileId}.wav` },
    { method: 'PUT', url: `${aws}/${bucket}/drops/mp3-192k/planted.wav`, body: 'RIFF' },
    { method: 'DELETE', url: `${aws}/${bucket}/uploads/${fileId}.wav` },
    { method: 'POST', url: aws, headers: target('AmazonSQS.ListQueues'), body: '{}' },
    {
      method: 'POST',
      url: aws,
      headers: target('DynamoDB_20120810.Scan'),
      body: '{"TableName":"wavefleet-jobs"}',
    },
    {
      method: 'POST',
      url: aws,
      headers: target('DynamoDB_20120810.DeleteTable'),
      body: '{"TableName":"wavefleet-jobs"}',
    },
  ];
}

/** What of them a page at `address` could read a good answer of. It also sends each without wanting to read. */
async function spoils(address: string, tried: readonly Attempt[]): Promise<string[]> {
  // Its policy is the other site's own affair.
  const context = await browser.newContext({ bypassCSP: true });
  try {
    const page = await context.newPage();
    await page.goto(address);
    return await page.evaluate(async (all: readonly Attempt[]) => {
      const read: string[] = [];
      for (const { url, method, headers = {}, body = null } of all) {
        for (const credentials of ['omit', 'include'] as const) {
          try {
            const answer = await fetch(url, { method, headers, body, credentials });
            if (answer.ok) read.push(`${method} ${url}: ${(await answer.text()).slice(0, 80)}`);
          } catch {
            // Not allowed to read it.
          }
        }
        if (method === 'GET' || method === 'POST')
          await fetch(url, { method, body, mode: 'no-cors', credentials: 'include' }).catch(() => undefined);
      }
      return read;
    }, tried);
  } finally {
    await context.close();
  }
}

/** All that somebody else could have changed. */
async function state() {
  const { s3 } = fleet.platform.aws;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: fleet.env.S3_BUCKET }));
  const { jobs } = await fleet.client.jobs.list({ limit: 100 });
  return { keys: Contents.map(({ Key }) => Key), jobs: jobs.map((job) => [job.jobId, job.status]) };
}

test('a page of another origin reads, lists, puts and deletes nothing', async () => {
  const before = await state();
  expect(before.keys).toContain(`uploads/${fileId}.wav`);
  const { port } = site.address() as AddressInfo;
  for (const host of ['evil.example', 'localhost', '127.0.0.1']) {
    const tried = attempts(fleet.apiUrl, fleet.env.AWS_ENDPOINT_URL ?? '');
    expect(await spoils(`http://${host}:${port}/`, tried)).toEqual([]);
  }
  expect(await state()).toEqual(before);
});

test('nor does one under a name that leads to this machine', async () => {
  const before = await state();
  const under = (url: string) => url.replace('127.0.0.1', 'rebound.example');
  const [api, aws] = [under(fleet.apiUrl), under(fleet.env.AWS_ENDPOINT_URL ?? '')];
  for (const address of [api, aws]) expect(await spoils(address, attempts(api, aws))).toEqual([]);
  expect(await state()).toEqual(before);
});

test('the fleet itself goes on: its page may still fetch from the storage what was signed for it', async () => {
  const { url } = await fleet.client.results.link(jobId);
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(fleet.apiUrl);
  const bytes = await page.evaluate(
    async (from) => (await (await fetch(from)).arrayBuffer()).byteLength,
    url,
  );
  await context.close();
  const { outputS3Location: stored } = (await fleet.platform.jobs.get(jobId)) ?? expect.fail();
  const { ContentLength } = await fleet.platform.aws.s3.send(
    new GetObjectCommand({ Bucket: stored?.bucket, Key: stored?.key }),
  );
  expect(bytes).toBe(ContentLength);
});
