/** `long`: a 10-minute WAV through the whole fleet, against bare ffmpeg on the same file and settings. */
import { join } from 'node:path';
import type { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import type { SubmitBody } from '@wavefleet/contracts/http.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { execa } from 'execa';
import { type Figure, figureOf } from './figures.ts';
import { withFleet } from './scratch-fleet.ts';

const ROUNDS = 5;
const MINUTES = 10;

/** The encoder settings that the fleet uses for these qualities (`audio/src/args.ts`). */
const cases = [
  { format: 'mp3', quality: '192k', ending: 'mp3', codec: ['-c:a', 'libmp3lame', '-b:a', '192k'] },
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
] as const;

/** @param only the format to measure. Default: all of them. */
export async function benchLong(only?: string): Promise<Figure[]> {
  const chosen = cases.filter(({ format }) => only === undefined || format === only);
  return await withFleet({}, async ({ client, dir }) => {
    const input = join(dir, 'long.wav');
    await makeSample(input, { seconds: MINUTES * 60 });
    const { fileId } = await uploadFile(client, input);
    const ratios = new Map<string, number[]>(chosen.map(({ format }) => [format, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { format, ending, codec, ...rest } of chosen) {
        const bareMs = await timed(() =>
          execa('ffmpeg', [
            '-nostdin',
            '-v',
            'error',
            '-y',
            '-i',
            input,
            ...codec,
            join(dir, `bare.${ending}`),
          ]),
        );
        const jobMs = await timed(() => runJob(client, { fileId, format, ...rest }));
        ratios.get(format)?.push(jobMs / bareMs);
      }
    }
    return [...ratios].map(([format, values]) =>
      figureOf(
        `long.${format}`,
        'ratio',
        values,
        `POST to terminal state / bare ffmpeg, ${MINUTES} min WAV, 2 workers`,
      ),
    );
  });
}

/** From the request to the terminal event. */
async function runJob(client: Client, input: SubmitBody): Promise<void> {
  const { jobId } = await client.jobs.submit(input);
  for await (const view of client.progress.events(jobId)) {
    if (view.status === 'failed') throw new Error(`the job failed: ${view.errorCode}`);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}
