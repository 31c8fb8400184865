/**
 * `peers`: sixty clips of a second, and two files of ten minutes, through the fleet and through loops as users write them, on
 * the same services, one after the other in each round: what a job costs in processor time of everything, and on the clock.
 * `peers:tiny` and `peers:long` take one of both. How it is compared: `bench/peers.md`, whose tables `--write` fills in.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { type Clients, makeClients } from '@wavefleet/localstack/provision/clients.ts';
import { type Figure, figureOf } from '../figures.ts';
import { fillIn } from '../fill-in.ts';
import { type Machine, thisMachine } from '../machine.ts';
import { partsOf } from '../parts.ts';
import { cpuSeconds } from '../processes.ts';
import { type ScratchFleet, withFleet } from '../scratch-fleet.ts';
import { timedMs } from '../timed.ts';
import { type Contender, type Source, startContenders } from './contenders.ts';

const ROUNDS = 5;
const parts = [
  { name: 'tiny', seconds: 1, files: 60 },
  { name: 'long', seconds: 600, files: 2 },
] as const;
type Part = (typeof parts)[number];

/** @param only `tiny` or `long`. Default: both. @param rounds of each contender. */
export async function benchPeers(only?: string, rounds = ROUNDS): Promise<Figure[]> {
  const slots = availableParallelism();
  // One FFmpeg for everybody, and one process of as many slots; an idle worker asks as rarely as it does on AWS.
  const env = {
    ...{ FFMPEG_PATH: 'ffmpeg', FFPROBE_PATH: 'ffprobe' },
    ...{ WORKER_CONCURRENCY: String(slots), POLL_WAIT_SECONDS: '20' },
  };
  return await withFleet({ workers: 1, env }, async (scratch) => {
    const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = scratch.fleet.env;
    const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    const clients = makeClients({ endpointUrl: AWS_ENDPOINT_URL, region: 'us-east-1', credentials });
    const contenders = await startContenders(scratch, clients, slots);
    try {
      // What each loads with its first job, it loads once.
      const first = await provide('first', 1, scratch, clients);
      for (const { run } of contenders) await run(first, slots);
      const figures: Figure[] = [];
      for (const part of partsOf('peers', parts, ({ name }) => name, only)) {
        const source = await provide(part.name, part.seconds, scratch, clients);
        figures.push(...(await compare(part, contenders, source, scratch, rounds)));
      }
      return figures;
    } finally {
      await Promise.all(contenders.map((contender) => contender.stop()));
      clients.destroy();
    }
  });
}

/** The same sound for all of them: as an upload, as an object, and on the disk. */
async function provide(
  name: string,
  seconds: number,
  { fleet, client, dir }: ScratchFleet,
  { s3 }: Pick<Clients, 's3'>,
): Promise<Source> {
  const path = join(dir, `${name}.wav`);
  const key = `peers/${name}.wav`;
  await makeSample(path, { seconds });
  const { fileId } = await uploadFile(client, path);
  await s3.send(new PutObjectCommand({ Bucket: fleet.env.S3_BUCKET, Key: key, Body: await readFile(path) }));
  return { fileId, key, path };
}

async function compare(
  { name, seconds, files }: Part,
  contenders: readonly [Contender, ...Contender[]],
  source: Source,
  { fleet }: ScratchFleet,
  rounds: number,
): Promise<Figure[]> {
  const shared = [fleet.stack.pid, fleet.redisPid];
  const costs = contenders.map((contender) => ({ contender, cpu: [] as number[], wall: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { contender, cpu, wall } of costs) {
      const pids = [...shared, ...contender.pids];
      const before = usedBy(pids);
      const tookMs = await timedMs(() => contender.run(source, files));
      cpu.push(((usedBy(pids) - before) * 1_000) / files);
      wall.push(tookMs / files);
    }
  }
  const work = `${files} WAVs of ${seconds} s to MP3 192 kbit/s, ${availableParallelism()} at once`;
  const [ours, ...others] = costs;
  const ratios = (values: readonly number[], theirs: readonly number[]) =>
    values.map((value, round) => value / (theirs[round] ?? Number.NaN));
  return [
    ...others.flatMap(({ contender, cpu, wall }) => [
      figureOf(
        `peers.${name}.${contender.name}`,
        'ratio',
        ratios(ours?.cpu ?? [], cpu),
        `processor time of a job, wavefleet / ${contender.name}, ${work}`,
        'peers',
      ),
      figureOf(
        `peers.${name}.${contender.name}.clock`,
        'ratio',
        ratios(ours?.wall ?? [], wall),
        `time of a job, wavefleet / ${contender.name}, ${work}`,
      ),
    ]),
    ...costs.flatMap(({ contender, cpu, wall }) => [
      figureOf(
        `peers.${name}.${contender.name}.cpu`,
        'CPU-ms',
        cpu,
        `of a job: loop, FFmpeg, services and who asks, ${work}`,
      ),
      figureOf(
        `peers.${name}.${contender.name}.wall`,
        'ms',
        wall,
        `from the first request to the last end / files, ${work}`,
      ),
    ]),
  ];
}

/** CPU seconds of these with their children, and of the bench itself without them. */
function usedBy(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const { own, children } = cpuSeconds(pid);
    return sum + own + children;
  }, cpuSeconds(process.pid).own);
}

/** Fills in the tables of `bench/peers.md`. @param figures of {@link benchPeers}; a part that is not among them stays. */
export async function writePeers(figures: readonly Figure[]): Promise<void> {
  const machine = await thisMachine();
  for (const { name } of parts) {
    const rows = figures.filter(({ figure }) => figure.startsWith(`peers.${name}.`));
    if (rows.length === 0) continue;
    await fillIn(join(import.meta.dirname, '..', 'peers.md'), `peers.${name}`, peersTable(rows, machine));
  }
}

/** As Markdown. */
export function peersTable(figures: readonly Figure[], { date, cores, cpu, ffmpegVersion }: Machine): string {
  const rows = figures.map(
    ({ figure, value, unit, min, max, n }) => `| \`${figure}\` | ${value} | ${unit} | ${min}–${max} | ${n} |`,
  );
  return [
    `${date}, ${cores} cores of ${cpu}, FFmpeg ${ffmpegVersion}:`,
    '',
    '| figure | median | unit | min–max | rounds |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
