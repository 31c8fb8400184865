/** `cost`: what AWS charges for the requests of one job, counted on the wire; computing and storage come on top. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@wavefleet/client/client.ts';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { randomKeys } from '@wavefleet/localstack/embedded/access-keys.ts';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { startCountingProxy } from './cost/counting-proxy.ts';
import { priceOf, type Tally } from './cost/prices.ts';
import { type Figure, figureOf } from './figures.ts';
import { withFleet } from './scratch-fleet.ts';

const JOBS = 10;
/** Small: what is counted does not depend on the size, below 8 MiB and ten seconds of work. */
const SECONDS = 5;

/** How a file gets in. */
const ways = {
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

/** Counts of one job, on average. */
interface PerJob {
  readonly one: Tally;
  /** Write units by step. */
  readonly steps: readonly (readonly [string, number])[];
}

async function tallyOfJob(
  upload: (client: Client, path: string) => Promise<{ fileId: string }>,
): Promise<PerJob> {
  const awsPort = await freePort();
  const keys = randomKeys();
  const proxy = await startCountingProxy(`http://127.0.0.1:${awsPort}`, keys);
  let before: Tally | undefined;
  try {
    const options = { workers: 1, awsPort, keys, env: { AWS_ENDPOINT_URL: proxy.url } };
    await withFleet(options, async ({ client, dir }) => {
      const input = join(dir, 'input.wav');
      await makeSample(input, { seconds: SECONDS });
      before = { ...proxy.tally };
      for (let job = 0; job < JOBS; job += 1) {
        const { fileId } = await upload(client, input);
        const { jobId } = await client.jobs.submit({ fileId, format: 'mp3' });
        // By its events, as pages wait: a look at the record now and then.
        for await (const _ of client.progress.events(jobId));
      }
    });
    // The worker has drained: what it had to tell is told.
    const { tally, writesOf } = proxy;
    const one = Object.fromEntries(
      Object.entries(tally).map(([what, count]) => [
        what,
        (count - (before?.[what as keyof Tally] ?? 0)) / JOBS,
      ]),
    ) as Tally;
    return { one, steps: [...writesOf].map(([step, units]) => [step, units / JOBS]) };
  } finally {
    await proxy.stop();
  }
}
