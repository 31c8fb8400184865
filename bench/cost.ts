/** `cost`: what AWS charges for the requests of one job, counted on the wire; computing and storage come on top. */
import { readFile } from 'node:fs/promises';
import type { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { priceOf } from './cost/prices.ts';
import { SECONDS, tallyOfJob } from './cost/tally-of-job.ts';
import { type Figure, figureOf } from './figures.ts';

/** How a file gets in. */
export const ways = {
  /** As the page sends files up to 8 MiB. */
  api: uploadFile,
  /** As it sends larger ones. */
  parts: async (client: Client, path: string) => {
    const bytes = new Blob([await readFile(path)]);
    const { fileId } = await client.uploads.begin({ fileName: 'a.wav', sizeBytes: bytes.size });
    const { parts } = await client.uploads.partAddresses(fileId, [1]);
    await client.uploads.sendPart(parts[0]?.url ?? '', bytes);
    return await client.uploads.complete(fileId);
  },
} as const;

export async function benchCost(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, upload] of Object.entries(ways)) {
    const { one, steps } = await tallyOfJob(upload);
    const basis = `of one job uploaded ${name === 'api' ? 'in one request' : 'in parts'}, ${SECONDS} s WAV to MP3`;
    const say = (what: string, unit: Figure['unit'], value: number, more = '') =>
      figures.push(figureOf(`cost.${name}.${what}`, unit, [value], `${basis}${more}`));
    say('dynamodb.writes', 'units', one.writeUnits);
    for (const [step, units] of steps) say(`dynamodb.writes.${step}`, 'units', units);
    say('dynamodb.reads', 'units', one.readUnits);
    say('s3.writes', 'calls', one.s3Writes, '; PUT, POST, LIST');
    say('s3.reads', 'calls', one.s3Reads, '; GET, HEAD');
    say('sqs', 'calls', one.sqsCalls);
    say('eventbridge', 'calls', one.events, '; events');
    say('requests', '$', priceOf(one) * 1_000, ` × 1,000, at the prices of bench/cost/prices.ts`);
  }
  return figures;
}
