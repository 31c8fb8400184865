/** Jobs from the request to the end, without polling: what the API does for answers would be measured as well. */
import type { Client } from '@wavefleet/client/client.ts';
import type { SubmitBody } from '@wavefleet/contracts/http.ts';

/** Asks for as many at once, and resolves when all are completed. @throws Error when one fails. */
export async function runJobs(client: Client, count: number, body: SubmitBody): Promise<void> {
  const jobs = await Promise.all(Array.from({ length: count }, () => client.jobs.submit(body)));
  // One stream after the other: they end about in the order in which they were asked for.
  for (const { jobId } of jobs) {
    for await (const view of client.progress.events(jobId)) {
      if (view.status === 'failed' || view.status === 'cancelled')
        throw new Error(`the job is ${view.status}: ${view.errorCode}`);
    }
  }
}
