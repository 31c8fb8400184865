/**
 * What becomes of dead letters. A job that nobody could take in many tries fails, with a code that says so: its owner
 * waits. What is settled is deleted. What needs people stays: unreadable messages, and those of jobs that failed here,
 * for `wavefleet dlq`. Messages and records of later versions stay for later processes.
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { type Job, jobErrorOf } from '@wavefleet/contracts/job.ts';
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { DeadLetter } from '../jobs/dead-letters.ts';
import { removeSegments } from '../jobs/free-storage.ts';
import type { Platform } from '../platform.ts';

const DEPTH_TIMEOUT_MS = 3_000;

/** One pass. @returns how many letters stay, and how many were seen to. @throws SDK errors. */
export async function settleDeadLetters(
  platform: Platform,
  stopped: () => boolean = () => false,
): Promise<{ readonly seenTo: number; readonly left: number }> {
  const { queue, deadLetters, log } = platform;
  if ((await queue.deadLetters(AbortSignal.timeout(DEPTH_TIMEOUT_MS))) === 0) return { seenTo: 0, left: 0 };
  const left: DeadLetter[] = [];
  let seenTo = 0;
  for (const letter of await deadLetters.look()) {
    if (stopped()) {
      left.push(letter);
      continue;
    }
    try {
      const fate = await fateOf(platform, letter);
      if (fate !== 'left') seenTo += 1;
      if (fate === 'settled') await deadLetters.remove(letter);
      else left.push(letter);
    } catch (error) {
      // One record that cannot be read must not keep the others waiting.
      log.say('dead-letter.waits', { messageId: letter.messageId, jobId: letter.jobId, err: error });
      left.push(letter);
    }
  }
  await deadLetters.putBack(left);
  return { seenTo, left: left.length };
}

/** `settled`: nothing is left to be done. `failed`: the job has failed over it just now. `left`: not for us, or not yet. */
async function fateOf(platform: Platform, { kind, jobId, reason }: DeadLetter) {
  if (kind !== 'job' || jobId === undefined) return 'left';
  const job = await platform.jobs.get(jobId);
  if (job === undefined) return 'settled';
  if (isTerminal(job.status)) return isGivenUp(job) ? 'left' : 'settled';
  if (job.needs > ABILITY || isAtWork(job)) return 'left';
  return (await giveUp(platform, job, reason)) ? 'failed' : 'left';
}

function isGivenUp({ error }: Job): boolean {
  return error?.code === 'UNDELIVERABLE';
}

function isAtWork({ lease }: Job): boolean {
  return lease !== undefined && lease.until >= Date.now();
}

async function giveUp(platform: Platform, job: Job, reason: string) {
  const { transitions, jobs, progress, log, config } = platform;
  const { jobId, attempt } = job;
  const failure = new Failure('UNDELIVERABLE', { detail: { reason } });
  const failed = (await transitions.giveUp(jobId, jobErrorOf(failure))) ?? (await jobs.get(jobId));
  // It waited a moment ago: who has given it up since was this very call, whose first answer was lost, or another look.
  if (failed === undefined || !isGivenUp(failed)) return false;
  const { code, status } = failure;
  log.say('job.failed', { jobId, attempt, code, status, table: config.JOBS_TABLE, err: failure });
  await progress.ended(failed);
  await removeSegments(platform, failed);
  return true;
}
