/**
 * Taking over what an earlier attempt has stored. Only attempts after the first look, so that ordinary jobs pay
 * nothing for it.
 */
import { outputFormat, ZIP } from '@wavefleet/contracts/formats.ts';
import type { JobOutput } from '@wavefleet/contracts/job.ts';
import { outputKey, outputPrefix } from '@wavefleet/contracts/keys.ts';
import { msSince } from '@wavefleet/platform/log/log.ts';
import type { AttemptResult } from '@wavefleet/platform/storage/attempt-results.ts';
import type { ClaimedJob } from './context.ts';
import { type ResultFacts, readNote } from './result-note.ts';

/** A result that was made before, under this attempt's own key. */
export interface Adopted extends Omit<ResultFacts, 'output'> {
  readonly output: JobOutput;
}

/**
 * The newest verified result of an earlier attempt, copied to this one's key; undefined when there is none that is
 * whole and what was ordered.
 * @throws SDK errors.
 */
export async function adoptEarlier(context: ClaimedJob): Promise<Adopted | undefined> {
  const { platform, job, signal, log } = context;
  if (job.attempt <= 1) return undefined;
  const startedAtMs = performance.now();
  const key = keyOf(context);
  for (const earlier of await earlierKeys(context)) {
    const found = await platform.results.look(earlier);
    const facts = found && factsOf(context, found);
    if (found === undefined || facts === undefined) continue;
    context.stored.begin(key);
    if (earlier !== key && !(await platform.results.copy(found, key, signal))) continue;
    const { bucket } = platform.objects;
    log.say('job.adopted', { bucket, key, from: earlier, ms: msSince(startedAtMs) });
    return { ...facts, output: { ...facts.output, bucket, key } };
  }
  return undefined;
}

/** Deletes what other attempts have stored of a job that is over: whoever stores later finds out by itself. */
export async function removeOfOthers({ platform, job }: ClaimedJob): Promise<void> {
  if (job.attempt <= 1) return;
  const own = `${outputPrefix(job.jobId)}${job.attempt}.`;
  const keys = await platform.results.keys(job.jobId);
  await platform.objects.remove(keys.filter((key) => !key.startsWith(own)));
}

/** The result's key of this attempt. */
export function keyOf({ job, claim }: Pick<ClaimedJob, 'job' | 'claim'>): string {
  const { extension } = job.options.splitByChapter ? ZIP : outputFormat(job.format);
  return outputKey(job.jobId, claim.attempt, extension);
}

/** Keys of results of this kind, the newest first. This attempt may find its own: a copy whose answer was lost. */
async function earlierKeys(context: ClaimedJob): Promise<string[]> {
  const { platform, job, claim } = context;
  const stored = new Set(await platform.results.keys(job.jobId));
  const attempts = Array.from({ length: claim.attempt }, (_, index) => claim.attempt - index);
  return attempts
    .map((attempt) => keyOf({ job, claim: { ...claim, attempt } }))
    .filter((key) => stored.has(key));
}

/** What its note says, when its bytes are those that the note is about. */
function factsOf({ job }: ClaimedJob, { note, sizeBytes, sha256 }: AttemptResult): ResultFacts | undefined {
  const facts = note === undefined ? undefined : readNote(job, note);
  if (facts === undefined || facts.output.sizeBytes !== sizeBytes) return undefined;
  return sha256 === undefined || sha256 === facts.output.sha256 ? facts : undefined;
}
