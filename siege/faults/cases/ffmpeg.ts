/** F54–F58: an FFmpeg that hangs, breaks, or says that all is well when nothing is. */
import { readFile } from 'node:fs/promises';
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';
import { type FaultCase, require } from './case.ts';

/** Where each one takes its time limit. */
const FEW = 2;

/** Work folders are named by job and attempt. */
const inFirstAttempt = (lines: string) => `case "$PWD" in *.1.*)\n${lines}\n;; esac`;
/** The last of FFmpeg's arguments is the result. */
const result = 'for last; do :; done; out=$(echo "$last" | sed s/^file://)';

/** As much sound as there is, as FFmpeg says it on its progress pipe. */
const saysAllIsWell = "printf 'out_time_us=200000\\nspeed=10x\\nprogress=end\\n' >&3";

/** Once each: the second attempt makes it good. */
function once(lines: string, ofJobs?: number): FaultCase['run'] {
  return async (rig) => {
    const count = ofJobs ?? rig.jobs;
    await rig.ffmpeg.behaves(whileConverting(inFirstAttempt(`mark hit\n${lines}`)));
    const jobs = await rig.load.submit(count);
    await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
    require((await rig.ffmpeg.traces('hit')) >= count, 'not every job was struck');
    // What passed for a result in the first attempt needed no second one.
    const records = await Promise.all(jobs.map(({ jobId }) => rig.platform.jobs.get(jobId)));
    const struck = records.filter((job) => (job?.attempt ?? 0) >= 2);
    require(struck.length === count, `${count - struck.length} jobs ended in the attempt that was struck`);
    return { jobs, extraAttempts: count };
  };
}

/** Each time: the jobs fail, and good ones behind them do not. */
function always(lines: string, code: ErrorCode, extraAttempts: number): FaultCase['run'] {
  return async (rig: Rig) => {
    await rig.ffmpeg.behaves(whileConverting(lines));
    const bad = await rig.load.submit(FEW);
    await Promise.all(bad.map(({ jobId }) => rig.history.ended(jobId)));
    await rig.ffmpeg.behaves('');
    const good = await rig.load.submit(rig.jobs - FEW);
    return {
      jobs: [...bad, ...good],
      failures: new Map(bad.map(({ jobId }) => [jobId, code])),
      extraAttempts,
    };
  };
}

/** Of a worker may not grow with what FFmpeg writes. */
const MOST_RSS_BYTES = 200 * 1024 ** 2;

async function muchStderr(rig: Rig) {
  await rig.ffmpeg.behaves(whileConverting('head -c 100000000 /dev/zero | tr "\\0" x >&2'));
  const jobs = await rig.load.submit(4);
  await Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId)));
  for (const { pid, name } of rig.fleet.workers) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    require(peak < MOST_RSS_BYTES, `${name} took ${peak} bytes of memory`);
  }
  return { jobs };
}

const hanging = "trap '' TERM\nexec sleep 600";

export const ffmpegCases: readonly FaultCase[] = [
  {
    id: 'F54a',
    breaks: 'FFmpeg hangs once',
    seen: 'that job takes longer by 30 s',
    how: 'a stand-in that ignores SIGTERM and sleeps in the first attempt',
    run: once(hanging, FEW),
  },
  {
    id: 'F54b',
    breaks: 'FFmpeg hangs on a file each time',
    seen: 'that job fails with CONVERSION_TIMEOUT after the second attempt',
    how: 'as F54a, in each attempt',
    run: always(hanging, 'CONVERSION_TIMEOUT', FEW),
  },
  {
    id: 'F55a',
    breaks: 'FFmpeg crashes once',
    seen: 'nothing',
    how: 'kill -SEGV $$ in the first attempt',
    quick: true,
    run: once('kill -SEGV $$'),
  },
  {
    id: 'F55b',
    breaks: 'FFmpeg crashes on a file each time',
    seen: 'that job fails with DECODER_CRASHED after the second attempt',
    how: 'kill -ABRT $$ in each attempt',
    run: always('kill -ABRT $$', 'DECODER_CRASHED', FEW),
  },
  {
    id: 'F55c',
    breaks: 'FFmpeg ends with an error and no word, once',
    seen: 'nothing',
    how: 'exit 255 in the first attempt',
    run: once('exit 255'),
  },
  {
    id: 'F56',
    breaks: 'FFmpeg wants more memory than it may have',
    seen: 'that job fails with RESOURCE_LIMIT',
    how: 'a stand-in that says "Cannot allocate memory" and ends',
    run: always('echo "Cannot allocate memory" >&2\nexit 1', 'RESOURCE_LIMIT', FEW),
  },
  {
    id: 'F57a',
    breaks: 'FFmpeg writes without end',
    seen: 'that job fails with OUTPUT_TOO_LARGE',
    how: 'cat /dev/zero into the result',
    run: always(`${result}\nexec cat /dev/zero > "$out"`, 'OUTPUT_TOO_LARGE', 0),
  },
  {
    id: 'F57b',
    breaks: 'FFmpeg writes 100 MB to stderr in one line',
    seen: 'nothing',
    how: '100 MB of x before it becomes FFmpeg; peak memory of workers below 200 MiB',
    run: muchStderr,
  },
  {
    id: 'F58a',
    breaks: 'FFmpeg says that all is well and writes nothing, once',
    seen: 'nothing',
    how: 'an empty result and exit 0 in the first attempt',
    run: once(`${result}\n${saysAllIsWell}\n: > "$out"\nexit 0`),
  },
  {
    id: 'F58b',
    breaks: 'FFmpeg says that all is well and writes half of it, once',
    seen: 'nothing',
    how: 'the result cut to half and exit 0 in the first attempt',
    run: once(`${result}\nffmpeg "$@" && truncate -s $(($(wc -c < "$out") / 2)) "$out"\nexit 0`),
  },
  {
    id: 'F58c',
    breaks: 'FFmpeg says that all is well and never writes',
    seen: 'that job fails with OUTPUT_INVALID after the second attempt',
    how: 'exit 0 without a result in each attempt',
    run: always(`${saysAllIsWell}\nexit 0`, 'OUTPUT_INVALID', FEW),
  },
];
