/** FFmpeg in the sandbox of a running fleet, as everybody can ask and as the kernel sees it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { healthSchema } from '@wavefleet/contracts/http.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { ensureLauncher } from '@wavefleet/localstack/launcher-build.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { ffmpegRows } from '@wavefleet/platform/log/rows/ffmpeg.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { ffmpegsIn, logLines } from '../bring-up/observers.ts';

let fleet: Fleet;
beforeAll(async () => {
  const said: string[] = [];
  ensureLauncher((line) => said.push(line));
  expect(said).toEqual([]);
  fleet = await Fleet.start({ workers: 1 });
});
afterAll(() => fleet?.stop());

test('health and log say which FFmpeg there is, what holds it in, and what this machine does not grant', async () => {
  const conversion = await until('what the worker says of itself', async () => {
    const answer = await fetch(`${fleet.apiUrl}/api/health`);
    const { system } = healthSchema.parse(await answer.json());
    return system?.processes.find(({ service }) => service === 'worker')?.conversion;
  });
  expect(conversion.ffmpeg.version).toMatch(/^\d/);
  const { means, missing } = conversion.sandbox;
  expect(means).toEqual(
    expect.arrayContaining(['limits', 'deathSignal', 'noNewPrivileges', 'syscallFilter']),
  );
  expect(means.includes('ownUid')).toBe(process.getuid?.() === 0);
  expect(new Set([...means, ...missing]).size).toBe(7);
  const lines = await logLines(join(fleet.logDir, 'worker-0.log'));
  expect(lines.filter(({ msg }) => msg === ffmpegRows['ffmpeg.found'].message)).toHaveLength(1);
});

test('the kernel has FFmpeg under a filter, without privileges, and under no uid of anybody’s', async () => {
  const path = fleet.file('long.wav');
  await makeSample(path, { seconds: 240 });
  const { fileId } = await uploadFile(fleet.client, path);
  const { jobId } = await fleet.client.jobs.submit({ fileId, format: 'opus' });
  const status = await until('FFmpeg at work', async () => {
    const [pid] = await ffmpegsIn(fleet.dir);
    const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    return text.includes('Name:\tffmpeg') && text;
  });
  await fleet.client.jobs.remove(jobId);
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
  expect([field('Seccomp'), field('NoNewPrivs'), field('CapEff'), field('CapBnd')]).toEqual([
    ...['2', '1', '0000000000000000'],
    process.getuid?.() === 0 ? '0000000000000000' : expect.anything(),
  ]);
  if (process.getuid?.() === 0) expect(Number(field('Uid'))).toBeGreaterThanOrEqual(0x7000_0000);
});
