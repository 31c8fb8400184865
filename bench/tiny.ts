/** `tiny`: 1-second clips through one saturated worker, by processor time, against a loop of bare ffmpeg. */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { execa } from 'execa';
import { type Figure, figureOf } from './figures.ts';
import { cpuSeconds } from './processes.ts';
import { withFleet } from './scratch-fleet.ts';

const ROUNDS = 5;
const CLIPS = 40;

export async function benchTiny(): Promise<Figure[]> {
  return await withFleet({ workers: 1 }, async ({ fleet, client, dir }) => {
    const input = join(dir, 'tiny.wav');
    await makeSample(input, { seconds: 1 });
    const { fileId } = await uploadFile(client, input);
    const pid = fleet.workers[0]?.pid ?? 0;

    const convertAll = async () => {
      const before = cpuSeconds(pid);
      const jobs = await Promise.all(
        Array.from({ length: CLIPS }, () => client.jobs.submit({ fileId, format: 'mp3' })),
      );
      for (const { jobId } of jobs) {
        const { status } = await client.jobs.waitForEnd(jobId, { timeoutMs: 120_000, everyMs: 200 });
        if (status !== 'completed') throw new Error(`a tiny job is ${status}`);
      }
      const after = cpuSeconds(pid);
      return CLIPS / (after.own - before.own + after.children - before.children);
    };
    const bareLoop = async () => {
      const before = cpuSeconds(process.pid).children;
      const codec = ['-c:a', 'libmp3lame', '-b:a', '192k'];
      for (let clip = 0; clip < CLIPS; clip += 1) {
        await execa('ffmpeg', [
          '-nostdin',
          '-v',
          'error',
          '-y',
          '-i',
          input,
          ...codec,
          join(dir, 'bare.mp3'),
        ]);
      }
      return CLIPS / (cpuSeconds(process.pid).children - before);
    };

    await convertAll();
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const bare = await bareLoop();
      ratios.push((await convertAll()) / bare);
    }
    const basis = 'jobs per CPU second of the worker and its children / bare ffmpeg loop, 1 s WAV to MP3';
    return [figureOf('tiny.mp3', 'ratio', ratios, basis)];
  });
}
