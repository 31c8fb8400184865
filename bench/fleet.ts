/**
 * `fleet`: ten hours of sound over eight workers of one core each, against bare ffmpeg; `fleet:2` takes two hours. This
 * machine has fewer cores than that, so that the wall says little of a fleet: beside it stands the processor time of the
 * worker that used most, as a part of what bare ffmpeg used. That worker is what a fleet waits for.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { execa } from 'execa';
import { type Figure, figureOf } from './figures.ts';
import { cpuSeconds } from './processes.ts';
import { withFleet } from './scratch-fleet.ts';

const HOURS = 10;
const WORKERS = 8;
/** Sound that is made once, and put behind itself. */
const PIECE_HOURS = 0.25;
const CODEC = ['-c:a', 'libmp3lame', '-b:a', '128k'];

/** @param part hours, in place of ten. */
export async function benchFleet(part = String(HOURS)): Promise<Figure[]> {
  const hours = Number(part);
  const env = {
    WORKER_CONCURRENCY: '1',
    MAX_UPLOAD_BYTES: String(4 * 1024 ** 3),
    FLEET_SPLIT_MIN_SECONDS: String(Math.min(7_200, hours * 3_600)),
  };
  return await withFleet({ workers: WORKERS, env }, async ({ fleet, client, dir }) => {
    const piece = join(dir, 'piece.wav');
    const input = join(dir, 'long.wav');
    await makeSample(piece, { seconds: PIECE_HOURS * 3_600, channels: 1 });
    const times = ['-stream_loop', String(hours / PIECE_HOURS - 1)];
    await execa('ffmpeg', ['-nostdin', '-v', 'error', ...times, '-i', piece, '-c', 'copy', input]);
    const { fileId } = await uploadFile(client, input);

    const bareBefore = cpuSeconds(process.pid).children;
    const bareMs = await timed(() =>
      execa('ffmpeg', ['-nostdin', '-v', 'error', '-i', input, ...CODEC, join(dir, 'bare.mp3')]),
    );
    const bareSeconds = cpuSeconds(process.pid).children - bareBefore;

    const pids = fleet.workers.flatMap(({ process: { pid } }) => pid ?? []);
    for (const [index, pid] of pids.entries()) {
      await execa('taskset', ['-acp', String(index % availableParallelism()), String(pid)]);
    }
    const before = pids.map(usedBy);
    const fleetMs = await timed(async () => {
      const { jobId } = await client.jobs.submit({ fileId, format: 'mp3', quality: '128k' });
      const { status } = await client.jobs.waitForEnd(jobId, { timeoutMs: 7_200_000, everyMs: 250 });
      if (status !== 'completed') throw new Error(`the job is ${status}`);
    });
    const used = pids.map((pid, index) => usedBy(pid) - (before[index] ?? 0));
    const sum = used.reduce((total, seconds) => total + seconds, 0);
    const basis = `of bare ffmpeg, ${hours} h of mono WAV to MP3, ${WORKERS} workers of one core, on ${availableParallelism()} cores`;
    return [
      figureOf(
        `fleet.${hours}h.longest`,
        'ratio',
        [Math.max(...used) / bareSeconds],
        `CPU of the busiest worker / ${basis}`,
      ),
      figureOf(`fleet.${hours}h.effort`, 'ratio', [sum / bareSeconds], `CPU of all workers / ${basis}`),
      figureOf(`fleet.${hours}h.wall`, 'ratio', [fleetMs / bareMs], `POST to terminal state / ${basis}`),
    ];
  });
}

function usedBy(pid: number): number {
  const { own, children } = cpuSeconds(pid);
  return own + children;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}
