/**
 * `npm run smoke:compose`: the fleet of docker-compose.yml under a project name and a port of its own, with three
 * workers. Converts into every format through the API's container; ends one worker by SIGTERM and one by SIGKILL
 * while each runs a long job, and sees that another worker completes it; then the profile `people` signs somebody in. One
 * line with figures at the end.
 * AWS_STACK_IMAGE chooses the emulator. Whatever happens, containers, networks and volumes are removed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@wavefleet/client/client.ts';
import { saveResult, uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { formatNames } from '@wavefleet/contracts/formats.ts';
import type { JobView } from '@wavefleet/contracts/http.ts';
import { Compose, requireCompose } from '@wavefleet/localstack/compose.ts';
import { measureAudio } from '@wavefleet/localstack/demo/audio-check.ts';
import { Bars } from '@wavefleet/localstack/demo/bars.ts';
import { convert } from '@wavefleet/localstack/demo/conversion.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { ensurePrograms, runQuietly } from '@wavefleet/localstack/embedded/system-programs.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import { execa } from 'execa';
import { signInAndBeTold } from './people.ts';

const WORKERS = 3;
const SAMPLE_SECONDS = 10;
/** Long enough that a worker is ended in the middle of it on any machine; 53 MB, below the upload limit. */
const LONG = { seconds: 1_200, sampleRate: 22_050, channels: 1 } as const;
/** Production's rules with shorter clocks, yet slow enough for an emulator on a busy machine. */
const clocks = {
  VISIBILITY_TIMEOUT_MS: '10000',
  LEASE_MS: '8000',
  HEARTBEAT_MS: '2000',
  SWEEP_INTERVAL_MS: '2000',
  REDISPATCH_AFTER_MS: '10000',
  POLL_WAIT_SECONDS: '1',
  DRAIN_TIMEOUT_MS: '3000',
};
const RECOVERY_TIMEOUT_MS = 120_000;

interface Bench {
  readonly compose: Compose;
  readonly client: Client;
  readonly dir: string;
}

async function main(): Promise<string> {
  await requireCompose();
  requireFfmpeg();
  const releasers = new Releasers();
  const dir = await mkdtemp(join(tmpdir(), 'wavefleet-smoke-'));
  releasers.add(() => rm(dir, { recursive: true, force: true }));
  const port = await freePort();
  const compose = new Compose({
    project: `wavefleet-smoke-${process.pid}`,
    files: ['docker-compose.yml'],
    env: { ...clocks, PORT: String(port), LOG_LEVEL: 'info' },
  });
  releasers.add(() => compose.run('down', '--volumes', '--remove-orphans', '--timeout', '5'));
  // `on`: execa's exit hook kills the process when it finds itself the only listener left.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void releasers.run().finally(() => process.exit(130)));
  try {
    const bench = { compose, client: new Client(`http://127.0.0.1:${port}`), dir };
    const [, upSeconds] = await timed(() => bringUp(bench));
    const right = await convertAll(bench);
    const { fileId } = await uploadLong(bench);
    const stopped = await stopInTheMiddle(bench, fileId);
    const killed = await killInTheMiddle(bench, fileId);
    await compose.run('down', '--volumes', '--timeout', '5');
    const told = await signInAndBeTold(join(dir, 'sample.wav'), releasers);
    return `up in ${upSeconds} s; ${right}; ${stopped}; ${killed}; ${told}`;
  } catch (error) {
    await compose.run('logs', '--no-color', '--tail', '60').catch(() => undefined);
    throw error;
  } finally {
    await releasers.run();
  }
}

async function bringUp({ compose, client }: Bench): Promise<void> {
  await compose.run('up', '--detach', '--build', '--scale', `worker=${WORKERS}`);
  await until('the API answers', async () => (await healthOf(client)) === 'ok', 60_000);
}

async function healthOf(client: Client): Promise<string | undefined> {
  // A connection that Docker took before the API listened may never be answered.
  const signal = AbortSignal.timeout(5_000);
  const answer = await fetch(`${client.baseUrl}/api/health`, { signal }).catch(() => undefined);
  return answer?.ok === true ? 'ok' : undefined;
}

async function convertAll({ client, dir }: Bench): Promise<string> {
  const path = join(dir, 'sample.wav');
  await makeSample(path, { seconds: SAMPLE_SECONDS });
  const { fileId } = await uploadFile(client, path);
  const source = await measureAudio(path);
  const bars = new Bars(process.stderr);
  const done = await Promise.all(
    formatNames.map((format) =>
      convert({ client, bars, fileId, format, source, name: 'sample', folder: dir }),
    ),
  );
  const wrong = done.flatMap(({ label, problems }) => problems.map((problem) => `${label}: ${problem}`));
  if (wrong.length > 0) throw new Error(`not converted right: ${wrong.join('; ')}`);
  return `${done.length} conversions right`;
}

async function uploadLong({ client, dir }: Bench): Promise<{ fileId: string }> {
  const path = join(dir, 'long.wav');
  await makeSample(path, LONG);
  return await uploadFile(client, path);
}

/** SIGTERM, as a deployment sends it: the job is handed over at once and the worker ends with 0. */
async function stopInTheMiddle(bench: Bench, fileId: string): Promise<string> {
  const { jobId, container } = await startLong(bench, fileId);
  const next = timed(() => untilAttempt(bench.client, jobId, 2));
  const [, stopSeconds] = await timed(() => docker('stop', '--time', '60', container));
  const exitCode = await docker('inspect', '--format', '{{.State.ExitCode}}', container);
  if (exitCode !== '0') throw new Error(`the stopped worker ended with ${exitCode}, not with 0`);
  const [, seconds] = await next;
  // It runs elsewhere, which is all that was asked; the worker is wanted for the next round.
  await fetch(`${bench.client.baseUrl}/api/jobs/${jobId}`, { method: 'DELETE' });
  await docker('start', container);
  return `SIGTERM: exit 0 after ${stopSeconds} s, job elsewhere after ${seconds} s`;
}

/** SIGKILL of the whole container: nobody says goodbye, the lease runs out, another worker completes the job. */
async function killInTheMiddle(bench: Bench, fileId: string): Promise<string> {
  const { client, dir } = bench;
  const { jobId, container, percent } = await startLong(bench, fileId);
  await docker('kill', container);
  const [, takenOver] = await timed(() => untilAttempt(client, jobId, 2));
  const [job, rest] = await timed(() =>
    client.jobs.waitForEnd(jobId, { timeoutMs: RECOVERY_TIMEOUT_MS, everyMs: 500 }),
  );
  if (job.status !== 'completed') throw new Error(`the killed job is ${job.status}: ${job.error?.message}`);
  const successor = await containerOf(bench, jobId, job.attempt);
  if (successor === container) throw new Error('the killed worker is said to have completed the job');
  await checkLong(client, jobId, join(dir, 'long.mp3'));
  return `SIGKILL at ${percent} %: job elsewhere after ${takenOver} s, completed and right after ${(Number(takenOver) + Number(rest)).toFixed(1)} s`;
}

/** A long job that is being converted, and the container that does it. */
async function startLong(
  bench: Bench,
  fileId: string,
): Promise<{ jobId: string; container: string; percent: number }> {
  const { jobId } = await bench.client.jobs.submit({ fileId, format: 'mp3', quality: '320k' });
  for await (const { step, progress } of bench.client.progress.events(jobId)) {
    if (step !== 'convert' || progress <= 12) continue;
    return { jobId, container: await containerOf(bench, jobId, 1), percent: Math.round(progress) };
  }
  throw new Error('the long job ended before anything could happen to it');
}

/** Which worker's log says that it claimed this attempt. */
async function containerOf({ compose }: Bench, jobId: string, attempt: number): Promise<string> {
  const ids = (await compose.read('ps', '--all', '--quiet', 'worker')).split('\n');
  for (const id of ids) {
    const lines = (await docker('logs', id)).split('\n');
    const claims = (line: string) =>
      line.includes(jobId) && line.includes('job claimed') && line.includes(`"attempt":${attempt}`);
    if (lines.some(claims)) return id;
  }
  throw new Error(`no worker's log tells of attempt ${attempt} of job ${jobId}`);
}

async function untilAttempt(client: Client, jobId: string, attempt: number): Promise<JobView> {
  return await until(
    `attempt ${attempt} of job ${jobId}`,
    async () => {
      const job = await client.jobs.get(jobId);
      return job.attempt >= attempt ? job : undefined;
    },
    RECOVERY_TIMEOUT_MS,
  );
}

async function checkLong(client: Client, jobId: string, path: string): Promise<void> {
  await saveResult(client, jobId, path);
  const { codec, durationSeconds, levelDb } = await measureAudio(path);
  if (codec !== 'mp3' || Math.abs(durationSeconds - LONG.seconds) > 0.05 || levelDb < -40)
    throw new Error(`the long result is wrong: ${codec}, ${durationSeconds} s, ${levelDb} dB`);
}

async function docker(...args: string[]): Promise<string> {
  return (await execa('docker', args, { stdin: 'ignore' })).stdout;
}

/** Seconds, with one decimal. */
async function timed<T>(action: () => Promise<T>): Promise<[T, string]> {
  const startedAtMs = performance.now();
  const answer = await action();
  return [answer, ((performance.now() - startedAtMs) / 1000).toFixed(1)];
}

/** For the sample and for listening to the results; the fleet has its own. */
function requireFfmpeg(): void {
  ensurePrograms(['ffmpeg', 'ffprobe'], {
    path: process.env.PATH,
    isRoot: process.getuid?.() === 0,
    say: (line) => console.error(line),
    run: runQuietly,
  });
}

main().then(
  (summary) => {
    console.log(`compose smoke: ${process.env.AWS_STACK_IMAGE ?? 'localstack'}: ${summary}`);
  },
  (error: unknown) => {
    console.error(`compose smoke: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
