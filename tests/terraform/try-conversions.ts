/** A file through REST, one through S3 alone, and a webhook, on what terraform made; what comes out is listened to. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { healthSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { newWebhookSchema } from '@wavefleet/contracts/webhooks.ts';
import { measureAudio } from '@wavefleet/localstack/demo/audio-check.ts';
import { dropAndWait } from '@wavefleet/localstack/demo/drop.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { makeClients } from '@wavefleet/localstack/provision/clients.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { callerOf, jobOf } from '../bring-up/caller.ts';
import { EventLog } from '../bring-up/observers.ts';
import type { Applied } from './applied.ts';
import type { TaskFleet } from './task-fleet.ts';

const SECONDS = 5;
const TOLERANCE_SECONDS = 0.05;
const PATIENCE_MS = 60_000;

/** Answers a line for each thing that went well. @throws Error for the first that did not. */
export async function tryConversions(fleet: TaskFleet, made: Applied, dir: string): Promise<string[]> {
  const { client, env } = fleet;
  const clients = makeClients({ endpointUrl: env.AWS_ENDPOINT_URL, region: env.AWS_REGION ?? '' });
  try {
    const health = healthSchema.parse(await (await fetch(`${client.baseUrl}/api/health`)).json());
    if (health.status !== 'ok') throw new Error(`/api/health says ${JSON.stringify(health.dependencies)}`);

    const sample = join(dir, 'sample.wav');
    await makeSample(sample, { seconds: SECONDS });
    const { fileId } = await uploadFile(client, sample);
    const { jobId } = await client.jobs.submit({ fileId, format: 'mp3', quality: '192k' });
    const job = await client.jobs.waitForEnd(jobId, { timeoutMs: PATIENCE_MS });
    if (job.status !== 'completed') throw new Error(`REST: ${job.status} ${job.error?.code}`);
    const mp3 = join(dir, 'sample.mp3');
    await save((await client.results.download(jobId)).body, mp3);
    const viaRest = await listen(mp3, 'mp3');

    const dropped = await dropAndWait(env, sample, 'drops/flac/sample.wav', PATIENCE_MS);
    if (dropped.outputKey === null) throw new Error(`drop: ${dropped.status} ${dropped.error?.code}`);
    const flac = join(dir, 'sample.flac');
    const object = await clients.s3.send(
      new GetObjectCommand({ Bucket: made.bucket, Key: dropped.outputKey }),
    );
    await save(object.Body?.transformToWebStream() ?? null, flac);
    const viaDrop = await listen(flac, 'flac');

    const events = new EventLog(clients.sqs, made.eventsQueueUrl);
    const wanted = [jobId, dropped.jobId ?? ''];
    await until('both outcomes in the events queue', async () => {
      await events.drain();
      return wanted.every((id) => events.of(id).some(({ status }) => status === 'completed'));
    });
    const viaWebhook = await hearOf(client.baseUrl, sample);
    return [
      'health: every dependency answers',
      `REST: wav to mp3, ${viaRest}`,
      `drop: wav to flac, ${viaDrop}`,
      'events: both outcomes came through bus, rule and queue',
      `webhook: ${viaWebhook}, signed`,
    ];
  } finally {
    clients.destroy();
  }
}

/** Somebody with a cookie of their own has a receiver told of a job, and checks the signature. */
async function hearOf(baseUrl: string, sample: string): Promise<string> {
  const heard = Promise.withResolvers<{ body: string; headers: Record<string, string> }>();
  const receiver = createServer((request, response) => {
    void text(request).then((body) => {
      response.writeHead(204).end();
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      heard.resolve({ body, headers: Object.fromEntries(headers) });
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  try {
    const address = receiver.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { post, request } = callerOf({ request: (path, init) => fetch(`${baseUrl}${path}`, init) });
    const made = newWebhookSchema.parse(
      await (await post('/api/webhooks', { url: `http://127.0.0.1:${port}` })).json(),
    );
    const uploaded = await request('/api/upload-audio', { method: 'POST', body: await readFile(sample) });
    const { fileId } = uploadedSchema.parse(await uploaded.json());
    const jobId = await jobOf(await post('/api/jobs', { fileId, format: 'mp3' }));
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('no webhook came')), PATIENCE_MS).unref();
    });
    const { body, headers } = await Promise.race([heard.promise, late]);
    const told = z.object({ type: z.string(), data: z.looseObject({ jobId: z.string() }) });
    const { type, data } = told.parse(new Webhook(made.secret).verify(body, headers));
    if (data.jobId !== jobId) throw new Error(`webhook: of another job: ${body}`);
    return type;
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
}

async function save(body: ReadableStream | null, path: string): Promise<void> {
  if (body === null) throw new Error('the download has no body');
  await pipeline(Readable.fromWeb(body), createWriteStream(path));
}

/** Codec, length and that it is not silence. */
async function listen(path: string, codec: string): Promise<string> {
  const audio = await measureAudio(path);
  const problems = [
    ...(audio.codec === codec ? [] : [`codec ${audio.codec}`]),
    ...(Math.abs(audio.durationSeconds - SECONDS) <= TOLERANCE_SECONDS ? [] : [`${audio.durationSeconds} s`]),
    ...(audio.levelDb > -60 ? [] : [`${audio.levelDb} dB`]),
  ];
  if (problems.length > 0) throw new Error(`${path} is not as it should be: ${problems.join(', ')}`);
  return `${audio.durationSeconds.toFixed(3)} s of ${audio.codec} at ${audio.levelDb.toFixed(1)} dB`;
}
