/**
 * `npm run demo [-- FILE…]`: a throw-away fleet converts a made-up sample, or the given files, into every
 * output format; shows, checks and tells. Results of given files stay in ./converted/.
 */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { formatNames } from '@wavefleet/contracts/formats.ts';
import { Fleet } from '../fleet.ts';
import { generousLimits } from '../generous-limits.ts';
import { requirePrograms } from '../programs.ts';
import { type MeasuredAudio, measureAudio } from './audio-check.ts';
import { Bars } from './bars.ts';
import { type Conversion, convert } from './conversion.ts';
import { dropAndWait } from './drop.ts';
import { resultNames } from './result-names.ts';
import { makeSample } from './samples.ts';
import { bytes, table } from './table.ts';

const SAMPLE_SECONDS = 30;
const DROP_TIMEOUT_MS = 60_000;

interface Source {
  readonly path: string;
  readonly sizeBytes: number;
  readonly audio: MeasuredAudio;
}

async function main(files: readonly string[]): Promise<boolean> {
  requirePrograms();
  const scratch = await mkdtemp(join(tmpdir(), 'wavefleet-demo-'));
  const fleet = new Fleet({ dataDir: join(scratch, 'data'), port: 0, env: generousLimits });
  // Ctrl-C and errors leave nothing running and nothing behind.
  const cleanUp = async () => {
    await fleet.stop();
    await rm(scratch, { recursive: true, force: true });
  };
  let interrupted = false;
  process.on('SIGINT', () => {
    if (interrupted) return;
    interrupted = true;
    void cleanUp().finally(() => process.exit(130));
  });
  try {
    const sources = await readSources(files, scratch);
    const folder = files.length > 0 ? resolve('converted') : join(scratch, 'converted');
    await mkdir(folder, { recursive: true });
    console.log('Starting a fleet of its own: S3, SQS, DynamoDB, EventBridge, Redis, API and workers…');
    await fleet.start();
    console.log(`Ready at ${fleet.apiUrl}. Every output format, through the API:\n`);
    const results = await convertAll(fleet, sources, folder);
    const dropped = await dropFirst(fleet, sources);
    show(results, sources);
    return summarize(results, dropped, files.length > 0 ? folder : undefined);
  } finally {
    await cleanUp();
  }
}

async function readSources(files: readonly string[], scratch: string): Promise<Source[]> {
  const sample = join(scratch, 'sample.wav');
  if (files.length === 0) {
    await makeSample(sample, { seconds: SAMPLE_SECONDS, tags: { title: 'wavefleet sample' } });
  }
  const paths = files.length === 0 ? [sample] : files.map((file) => resolve(file));
  return await Promise.all(
    paths.map(async (path) => ({
      path,
      sizeBytes: await sizeOf(path),
      audio: await measureAudio(path).catch(() => {
        throw new Error(`${path} is not audio that FFmpeg can read without complaint`);
      }),
    })),
  );
}

/** @throws Error in words when nobody can read a file there. */
async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new Error(`${path}: there is no such file`);
  return found.size;
}

async function convertAll(fleet: Fleet, sources: readonly Source[], folder: string): Promise<Conversion[]> {
  const client = new Client(fleet.apiUrl);
  const bars = new Bars(process.stdout);
  const names = resultNames(sources.map(({ path }) => path));
  const perSource = sources.map(async ({ path, audio }, index) => {
    const { fileId } = await uploadFile(client, path);
    const name = names[index] ?? basename(path);
    return await Promise.all(
      formatNames.map((format) => convert({ client, bars, fileId, format, source: audio, name, folder })),
    );
  });
  return (await Promise.all(perSource)).flat();
}

/** Answers what is wrong, or undefined when the drop became a result. */
async function dropFirst(fleet: Fleet, [first]: readonly Source[]): Promise<string | undefined> {
  if (first === undefined) return 'nothing to drop';
  const key = `drops/mp3-192k/${basename(first.path)}`;
  const result = await dropAndWait(fleet.env, first.path, key, DROP_TIMEOUT_MS);
  console.log(`\nDropped into S3 as ${key}: ${result.status}, ${result.outputKey ?? result.error?.code}\n`);
  return result.status === 'completed' ? undefined : (result.error?.code ?? result.status);
}

function show(results: readonly Conversion[], sources: readonly Source[]): void {
  const rows = results.map(({ label, job, problems }) => {
    const size = job.output?.sizeBytes ?? 0;
    const worked = (job.timings?.total ?? 0) - (job.timings?.queued ?? 0);
    const speed = ((job.output?.durationSeconds ?? 0) * 1000) / Math.max(1, worked);
    return [
      label,
      bytes(size),
      `${((100 * size) / job.inputSizeBytes).toFixed(0)} %`,
      `${(worked / 1000).toFixed(2)} s`,
      `${speed.toFixed(0)}×`,
      problems.length === 0 ? 'right' : problems.join('; '),
    ];
  });
  for (const { path, sizeBytes, audio } of sources) {
    const { codec, sampleRate, channels, durationSeconds } = audio;
    console.log(
      `${basename(path)}: ${codec}, ${durationSeconds.toFixed(2)} s, ${sampleRate} Hz, ${channels} channels, ${bytes(sizeBytes)}`,
    );
  }
  console.log(`\n${table(['conversion', 'size', 'ratio', 'time', '× real time', 'checked'], rows)}\n`);
}

function summarize(
  results: readonly Conversion[],
  dropProblem: string | undefined,
  folder?: string,
): boolean {
  const right = results.filter(({ problems }) => problems.length === 0).length;
  const drop = dropProblem === undefined ? 'the S3 drop as well' : `the S3 drop failed (${dropProblem})`;
  const where = folder === undefined ? '' : `; results in ${folder}`;
  console.log(`demo: ${right} of ${results.length} conversions right, ${drop}${where}`);
  return right === results.length && dropProblem === undefined;
}

main(process.argv.slice(2)).then(
  (ok) => process.exit(ok ? 0 : 1),
  (error: unknown) => {
    console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
