/** What one job asks of AWS, counted on the wire: ten of them, one after the other, from the upload to the last event. */
import { join } from 'node:path';
import type { Client } from '@wavefleet/client/client.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { randomKeys } from '@wavefleet/localstack/embedded/access-keys.ts';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { withFleet } from '../scratch-fleet.ts';
import { startCountingProxy } from './counting-proxy.ts';
import type { Tally } from './prices.ts';

const JOBS = 10;
/** Small: what is counted does not depend on the size, below 8 MiB and ten seconds of work. */
export const SECONDS = 5;

/** Counts of one job, on average. */
export interface PerJob {
  readonly one: Tally;
  /** Write units by step. */
  readonly steps: readonly (readonly [string, number])[];
  /** Calls by service and operation. */
  readonly calls: readonly (readonly [string, number])[];
}

/** Through the whole fleet. @param upload how a file gets in. @param jobs how many are counted. */
export async function tallyOfJob(
  upload: (client: Client, path: string) => Promise<{ fileId: string }>,
  jobs = JOBS,
): Promise<PerJob> {
  const awsPort = await freePort();
  const keys = randomKeys();
  const proxy = await startCountingProxy(`http://127.0.0.1:${awsPort}`, keys);
  let before: Tally | undefined;
  let callsBefore: ReadonlyMap<string, number> = new Map();
  try {
    const options = { workers: 1, awsPort, keys, env: { AWS_ENDPOINT_URL: proxy.url } };
    await withFleet(options, async ({ client, dir }) => {
      const input = join(dir, 'input.wav');
      await makeSample(input, { seconds: SECONDS });
      before = { ...proxy.tally };
      callsBefore = new Map(proxy.callsOf);
      for (let job = 0; job < jobs; job += 1) {
        const { fileId } = await upload(client, input);
        const { jobId } = await client.jobs.submit({ fileId, format: 'mp3' });
        // By its events, as pages wait: a look at the record now and then.
        for await (const _ of client.progress.events(jobId));
      }
    });
    // The worker has drained: what it had to tell is told.
    const { tally, writesOf, callsOf } = proxy;
    const one = Object.fromEntries(
      Object.entries(tally).map(([what, count]) => [
        what,
        (count - (before?.[what as keyof Tally] ?? 0)) / jobs,
      ]),
    ) as Tally;
    const calls = [...callsOf].map(
      ([call, count]) => [call, (count - (callsBefore.get(call) ?? 0)) / jobs] as const,
    );
    return {
      one,
      steps: [...writesOf].map(([step, units]) => [step, units / jobs]),
      calls: calls.filter(([, count]) => count > 0),
    };
  } finally {
    await proxy.stop();
  }
}
