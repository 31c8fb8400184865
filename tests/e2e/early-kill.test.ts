/** A worker killed while it converts a source that still comes from S3: what it had is lost, and the job is not. */
import { saveResult, uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet, holdingWorker } from '../bring-up/fleet.ts';
import { ffmpegsIn, filesBelow } from '../bring-up/observers.ts';
import type { Call } from '../bring-up/proxy/call.ts';
import { FaultProxy } from '../bring-up/proxy/fault-proxy.ts';

let fleet: Fleet;
let s3: FaultProxy;

beforeAll(async () => {
  fleet = await Fleet.start({ workers: 0, restartWorkers: false, entries: { worker: holdingWorker } });
  s3 = new FaultProxy(fleet.env.AWS_ENDPOINT_URL ?? '');
});
afterAll(async () => {
  await fleet?.stop();
  await s3?.stop();
});

test('SIGKILL when half of the source is there and a segment made: another worker makes the job, and nothing stays behind', async () => {
  const path = fleet.file('long.wav');
  const noise = 'anoisesrc=c=pink:r=44100:a=0.4:seed=5:d=240,aformat=channel_layouts=stereo';
  await execa('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', noise, '-c:a', 'pcm_s16le', path]);
  const { fileId } = await uploadFile(fleet.client, path);
  const hits = ({ operation, path: of }: Call) => operation === 'GetObject' && of.includes('/uploads/');
  s3.inject({ hits, effect: { kind: 'cut', afterBytes: 20 * 1024 ** 2 }, times: 1 });
  const forEver = new Promise<void>(() => {});
  const held = s3.inject({ hits, effect: { kind: 'hold', when: 'before', until: forEver }, times: 1 });

  const victim = await fleet.addWorker({
    ...{ IDLE_CORES: '2', SPLIT_MIN_ENCODE_MS: '0', AWS_ENDPOINT_URL: await s3.door('worker') },
  });
  const workDir = fleet.workDir(0);
  const { jobId } = await fleet.client.jobs.submit({ fileId, format: 'alac' });
  await held.nth(1);
  const isThere = async () => (await filesBelow(workDir)).some((file) => /segment-0\./.test(file));
  await until('the first segment is made', isThere, 60_000);
  victim.process.kill('SIGKILL');
  await victim.ended;
  await until('its FFmpegs are dead', async () => (await ffmpegsIn(workDir)).length === 0);
  await fleet.addWorker({}, 0);

  const { status, attempt } = await fleet.client.jobs.waitForEnd(jobId, { timeoutMs: 120_000 });
  expect({ status, attempt }).toEqual({ status: 'completed', attempt: 2 });
  const saved = fleet.file(`${jobId}.m4a`);
  await saveResult(fleet.client, jobId, saved);
  const samples = async (file: string) =>
    (await execa('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:a', '-f', 'md5', '-'])).stdout;
  expect(await samples(saved)).toBe(await samples(path));
  await until('nothing is left', async () => (await filesBelow(workDir)).length === 0);
});
