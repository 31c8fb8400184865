/**
 * `long`: a 10-minute WAV through the whole fleet, against bare ffmpeg on the same file and settings. `long:flac` takes one
 * format, `long:60min` another length, to MP3.
 */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { execa } from 'execa';
import { type Figure, figureOf } from './figures.ts';
import { partsOf } from './parts.ts';
import { runJobs } from './run-jobs.ts';
import { withFleet } from './scratch-fleet.ts';
import { timedMs } from './timed.ts';

const ROUNDS = 5;
const MINUTES = 10;
/** Of lengths that are asked for by name: an hour takes half a minute a round, and bare ffmpeg as well. */
const LENGTH_ROUNDS = 3;

/** The encoder settings that the fleet uses for these qualities (`audio/src/encoders.ts`). */
const mp3 = {
  format: 'mp3',
  quality: '192k',
  ending: 'mp3',
  codec: ['-c:a', 'libmp3lame', '-b:a', '192k'],
} as const;
const cases = [
  mp3,
  {
    format: 'm4a',
    quality: '160k',
    ending: 'm4a',
    codec: ['-c:a', 'aac', '-b:a', '160k', '-movflags', '+faststart'],
  },
  {
    format: 'opus',
    quality: '128k',
    ending: 'opus',
    codec: ['-c:a', 'libopus', '-b:a', '128k', '-vbr', 'on'],
  },
  { format: 'ogg', quality: 'q5', ending: 'ogg', codec: ['-c:a', 'libvorbis', '-q:a', '5'] },
  { format: 'flac', ending: 'flac', codec: ['-c:a', 'flac', '-sample_fmt', 's16'] },
  {
    format: 'alac',
    ending: 'm4a',
    codec: ['-c:a', 'alac', '-sample_fmt', 's16p', '-f', 'ipod', '-movflags', '+faststart'],
  },
] as const;
type Case = (typeof cases)[number];

/** @param part the format to measure, or minutes as in `60min`. Default: all formats. @param rounds of each case. */
export async function benchLong(part?: string, rounds?: number): Promise<Figure[]> {
  const minutes = /^(\d+)min$/.exec(part ?? '')?.[1];
  if (minutes !== undefined)
    return await measure([mp3], Number(minutes), rounds ?? LENGTH_ROUNDS, `.${minutes}min`);
  const chosen = partsOf('long', cases, ({ format }) => format, part);
  return await measure(chosen, MINUTES, rounds ?? ROUNDS);
}

async function measure(
  chosen: readonly Case[],
  minutes: number,
  rounds: number,
  more = '',
): Promise<Figure[]> {
  return await withFleet({}, async ({ fleet, client, dir }) => {
    const input = join(dir, 'long.wav');
    await makeSample(input, { seconds: minutes * 60 });
    const { fileId } = await uploadFile(client, input);
    const ratios = new Map<string, number[]>(chosen.map(({ format }) => [format, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const { format, ending, codec, ...rest } of chosen) {
        const output = join(dir, `bare.${ending}`);
        const bareMs = await timedMs(() =>
          execa('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', input, ...codec, output]),
        );
        const jobMs = await timedMs(() => runJobs(client, 1, { fileId, format, ...rest }));
        ratios.get(format)?.push(jobMs / bareMs);
      }
    }
    const basis = `POST to terminal state / bare ffmpeg, ${minutes} min WAV, ${fleet.workers.length} workers`;
    return [...ratios].map(([format, values]) =>
      figureOf(`long.${format}${more}`, 'ratio', values, basis, 'time'),
    );
  });
}
