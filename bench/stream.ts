/** `stream`: ten minutes of sound that FFmpeg reads as they come from S3, against the same order by files. */
import { join } from 'node:path';
import type { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { type Figure, figureOf } from './figures.ts';
import { partsOf } from './parts.ts';
import { withFleet } from './scratch-fleet.ts';

const ROUNDS = 5;
const MINUTES = 10;

const cases = [
  { name: 'wav-opus', source: 'wav', format: 'opus', quality: '128k' },
  { name: 'wav-ogg', source: 'wav', format: 'ogg', quality: 'q5' },
  { name: 'flac-opus', source: 'flac', format: 'opus', quality: '128k' },
] as const;

/**
 * By one FFmpeg each: what is not waited for is to be seen, not how many cores there are.
 * @param part the case to measure, as `wav-opus`. Default: all. @param rounds of each case.
 */
export async function benchStream(part?: string, rounds = ROUNDS): Promise<Figure[]> {
  const chosen = partsOf('stream', cases, ({ name }) => name, part);
  return await withFleet({ env: { SPLIT_LONG_FILES: 'false' } }, async ({ client, dir }) => {
    const fileIds = new Map<string, string>();
    for (const ending of new Set(chosen.map(({ source }) => source))) {
      const path = join(dir, `long.${ending}`);
      await makeSample(path, { seconds: MINUTES * 60 });
      fileIds.set(ending, (await uploadFile(client, path)).fileId);
    }
    const figures: Figure[] = [];
    const ratios = new Map<string, number[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, source, ...order } of chosen) {
        const fileId = fileIds.get(source) ?? '';
        const [files, stream] = [
          await jobMs(client, { ...order, fileId, options: { pipeline: 'files' } }),
          await jobMs(client, { ...order, fileId, options: { pipeline: 'stream' } }),
        ];
        ratios.set(name, [...(ratios.get(name) ?? []), stream / files]);
      }
    }
    for (const [name, values] of ratios) {
      const what = `as a stream / by files, POST to terminal state, ${MINUTES} min, one FFmpeg`;
      figures.push(figureOf(`stream.${name}`, 'ratio', values, what));
    }
    return figures;
  });
}

/** From creation to end, by the job's own clock. */
async function jobMs(client: Client, order: Parameters<Client['jobs']['submit']>[0]): Promise<number> {
  const { jobId } = await client.jobs.submit(order);
  const { status, timings, warnings } = await client.jobs.waitForEnd(jobId);
  if (status !== 'completed' || timings === undefined) throw new Error(`the job is ${status}`);
  if (warnings.length > 0) throw new Error(`the job warns of ${warnings[0]?.code}`);
  return timings.total - timings.queued;
}
