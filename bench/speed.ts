/**
 * `speed`: how long an hour of speech-like sound takes in each output format, through the fleet of one machine with its standard
 * settings: POST to terminal event, of ten minutes of sound. `speed:30` takes thirty, `speed:0.5` half a minute.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { formatNames } from '@wavefleet/contracts/formats.ts';
import { measuredSpeedSchema, speedSentence } from '@wavefleet/contracts/measured-speed.ts';
import type { Fleet } from '@wavefleet/localstack/fleet.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { execa } from 'execa';
import { type Figure, figureOf } from './figures.ts';
import { fillIn } from './fill-in.ts';
import { thisMachine } from './machine.ts';
import { hasChildren } from './processes.ts';
import { runJobs } from './run-jobs.ts';
import { withFleet } from './scratch-fleet.ts';
import { sourceOf } from './seam-cases.ts';
import { timedMs } from './timed.ts';

const ROUNDS = 3;
const MINUTES = 10;
/** Speech that is made once, and put behind itself. */
const PIECE_SECONDS = 30;

/** @param part minutes of sound. @param rounds of each format. */
export async function benchSpeed(part = String(MINUTES), rounds = ROUNDS): Promise<Figure[]> {
  const seconds = secondsOf(part);
  // One FFmpeg for everybody: the file says which, and a build of one's own is another matter.
  const env = { FFMPEG_PATH: 'ffmpeg', FFPROBE_PATH: 'ffprobe' };
  return await withFleet({ env }, async ({ fleet, client, dir }) => {
    const input = await makeSpeech(dir, seconds);
    const { fileId } = await uploadFile(client, input);
    const hours = new Map<string, number[]>(formatNames.map((format) => [format, []]));
    await runJobs(client, 1, { fileId, format: 'mp3' });
    for (let round = 0; round < rounds; round += 1) {
      for (const format of formatNames) {
        await untilIdle(fleet);
        const tookMs = await timedMs(() => runJobs(client, 1, { fileId, format }));
        hours.get(format)?.push(((tookMs / 1_000) * 3_600) / seconds);
      }
    }
    const basis = `for an hour of speech-like sound, POST to terminal event, measured with ${seconds} s of 44.1 kHz mono WAV`;
    return [...hours].map(([format, values]) => figureOf(`speed.${format}`, 's', values, basis));
  });
}

/** Looks running without any FFmpeg, 25 ms apart: between a job's end and its preview there is a moment without one. */
const IDLE_LOOKS = 20;

/** The preview of the job before is over: beside it a long file would be made in one piece. */
async function untilIdle({ workers }: Fleet): Promise<void> {
  let looks = 0;
  await until('workers are idle', () => {
    const isBusy = workers.some(({ process: { pid } }) => pid !== undefined && hasChildren(pid));
    looks = isBusy ? 0 : looks + 1;
    return looks >= IDLE_LOOKS;
  });
}

async function makeSpeech(dir: string, seconds: number): Promise<string> {
  const [piece, whole] = [join(dir, 'piece.wav'), join(dir, 'speech.wav')];
  const quiet = ['-nostdin', '-v', 'error', '-y'];
  const sound = {
    format: 'wav',
    rate: 44_100,
    channels: 1,
    material: 'speech',
    seconds: PIECE_SECONDS,
  } as const;
  await execa('ffmpeg', [...quiet, ...sourceOf(sound), piece]);
  await execa('ffmpeg', [
    ...quiet,
    ...['-stream_loop', '-1', '-i', piece, '-t', String(seconds), '-c', 'copy', whole],
  ]);
  return whole;
}

const secondsOf = (minutes: string) => Number(minutes) * 60;

const root = join(import.meta.dirname, '..');

/** Puts it where page and README find it. @param figures of {@link benchSpeed}. @param part as there. */
export async function writeSpeed(figures: readonly Figure[], part = String(MINUTES)): Promise<void> {
  const { date, ...machine } = await thisMachine();
  const speed = measuredSpeedSchema.parse({
    ...{ date, ...machine, soundSeconds: secondsOf(part) },
    secondsPerHour: Object.fromEntries(
      figures.map(({ figure, value }) => [figure.slice('speed.'.length), value]),
    ),
  });
  const path = join(root, 'contracts', 'src', 'measured-speed.json');
  await writeFile(path, `${JSON.stringify(speed, null, 2)}\n`);
  await fillIn(join(root, 'README.md'), 'speed', speedSentence(speed));
}
