/** `wavefleet dlq list`: a line a letter. */
import type { DeadLetter } from '@wavefleet/platform/jobs/dead-letters.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { Terminal } from '../command.ts';

const JOB_WIDTH = 36;
const STATUS_WIDTH = 20;
const AGE_WIDTH = 5;

/** Looking leaves the letters where they are. Answers true. @throws SDK errors. */
export async function listLetters(platform: Platform, { print }: Terminal): Promise<boolean> {
  const letters = await platform.deadLetters.look();
  try {
    if (letters.length > 0) print(row('JOB', 'STATUS', 'AGE', 'REASON'));
    for (const letter of letters) {
      const { jobId, sentAtMs, reason } = letter;
      print(row(jobId ?? '-', await statusOf(platform, letter), ageOf(sentAtMs), reason));
    }
    print(letters.length === 1 ? '1 dead letter' : `${letters.length} dead letters`);
  } finally {
    await platform.deadLetters.putBack(letters);
  }
  return true;
}

function row(job: string, status: string, age: string, reason: string): string {
  return `${job.padEnd(JOB_WIDTH)}  ${status.padEnd(STATUS_WIDTH)}  ${age.padStart(AGE_WIDTH)}  ${reason}`;
}

async function statusOf({ jobs }: Platform, { kind, jobId }: DeadLetter): Promise<string> {
  if (jobId === undefined) return kind === 'later' ? 'of a newer version' : 'unreadable';
  try {
    const job = await jobs.get(jobId);
    if (job === undefined) return 'gone';
    return job.error === undefined ? job.status : `${job.status} ${job.error.code}`;
  } catch {
    return 'unreadable record';
  }
}

/** Since that moment (epoch ms), in the largest unit that is not nought. */
export function ageOf(sentAtMs: number): string {
  const seconds = Math.max(0, Math.round((Date.now() - sentAtMs) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
