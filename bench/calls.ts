/** `calls`: how often one job calls AWS, by operation, and what it writes to DynamoDB. */
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { SECONDS, tallyOfJob } from './cost/tally-of-job.ts';
import { type Figure, figureOf } from './figures.ts';

export async function benchCalls(): Promise<Figure[]> {
  const { one, calls } = await tallyOfJob(uploadFile);
  const basis = `of one job uploaded in one request, ${SECONDS} s WAV to MP3; API, worker and upload together`;
  const all = calls.reduce((sum, [, count]) => sum + count, 0);
  return [
    figureOf('calls', 'calls', [all], `${basis}, without polls that bring nothing`),
    figureOf('calls.writes', 'units', [one.writeUnits], basis),
    ...calls.map(([call, count]) => figureOf(`calls.${call}`, 'calls', [count], basis)),
  ];
}
