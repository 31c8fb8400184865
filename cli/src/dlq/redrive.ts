/** `wavefleet dlq redrive`: another try for the jobs of dead letters. */
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { DeadLetter } from '@wavefleet/platform/jobs/dead-letters.ts';
import { runAgain } from '@wavefleet/platform/jobs/run-again.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { Terminal } from '../command.ts';

/**
 * @param jobId that job alone, also one without a letter. Default: those of all letters that can be read.
 * @returns whether nothing was left undone. @throws SDK errors of the queue.
 */
export async function redrive(platform: Platform, terminal: Terminal, jobId?: string): Promise<boolean> {
  const { deadLetters } = platform;
  const letters = await deadLetters.look();
  const asked = jobId === undefined ? letters : letters.filter((letter) => letter.jobId === jobId);
  const left: DeadLetter[] = letters.filter((letter) => !asked.includes(letter));
  let isAll = true;
  try {
    if (jobId !== undefined && asked.length === 0) return await again(platform, terminal, jobId);
    for (const letter of asked) {
      const isDone =
        letter.jobId === undefined ? leave(terminal, letter) : await again(platform, terminal, letter.jobId);
      if (isDone) await deadLetters.remove(letter);
      else left.push(letter);
      isAll &&= isDone;
    }
    if (asked.length === 0) terminal.print('there are no dead letters');
    return isAll;
  } finally {
    await Promise.all([deadLetters.putBack(left), platform.dispatches.settle()]);
  }
}

function leave({ complain }: Terminal, { messageId, kind }: DeadLetter): false {
  complain(
    `message ${messageId}: left, ${kind === 'later' ? 'a newer version wrote it' : 'it is not a job message'}`,
  );
  return false;
}

/** Answers whether the letter has served. */
async function again(platform: Platform, { print, complain }: Terminal, jobId: string): Promise<boolean> {
  try {
    const job = await platform.jobs.get(jobId);
    if (job === undefined) print(`${jobId}: there is no such job (any more)`);
    else if (job.status === 'completed') print(`${jobId}: has completed by now`);
    else if (isTerminal(job.status)) {
      const next = await runAgain(platform, job);
      print(
        `${jobId}: has ${job.status === 'failed' ? 'failed' : 'been cancelled'}, runs again as ${next.jobId}`,
      );
    } else {
      await platform.queue.send(job);
      print(`${jobId}: put back on the queue`);
    }
    return true;
  } catch (error) {
    complain(`${jobId}: left, ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
