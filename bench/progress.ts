/** `progress`: how old a progress event is when the SSE client has it. */
import { join } from 'node:path';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { type Figure, figureOf, quantile } from './figures.ts';
import { withFleet } from './scratch-fleet.ts';

const ROUNDS = 5;

export async function benchProgress(_part?: string, rounds = ROUNDS): Promise<Figure[]> {
  return await withFleet({ workers: 1 }, async ({ client, dir }) => {
    const input = join(dir, 'input.wav');
    await makeSample(input, { seconds: 300 });
    const { fileId } = await uploadFile(client, input);
    const medians: number[] = [];
    const tails: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { jobId } = await client.jobs.submit({ fileId, format: 'mp3' });
      const delays: number[] = [];
      for await (const view of client.progress.events(jobId)) {
        // Before that FFmpeg has said nothing.
        if (view.step === 'convert' && view.currentTime !== null)
          delays.push(Date.now() - Date.parse(view.updatedAt));
      }
      const sorted = delays.toSorted((a, b) => a - b);
      medians.push(quantile(sorted, 0.5));
      tails.push(quantile(sorted, 0.95));
    }
    const basis =
      'FFmpeg’s progress block read by the worker → event parsed by the SSE client, 5 min WAV to MP3';
    return [figureOf('progress.p50', 'ms', medians, basis), figureOf('progress.p95', 'ms', tails, basis)];
  });
}
