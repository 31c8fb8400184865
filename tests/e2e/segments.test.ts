/** Who has which segment of a very long result: small leases in the job's own record, over the wire. */
import type { Job, SegmentMark } from '@wavefleet/contracts/job.ts';
import { jobSchema } from '@wavefleet/contracts/job.ts';
import { MESSAGE_VERSION } from '@wavefleet/contracts/message.ts';
import type { Claim } from '@wavefleet/platform/jobs/claim.ts';
import type { SegmentTask } from '@wavefleet/platform/jobs/segments.ts';
import { claimJob } from '@wavefleet/worker/job/stages/claim.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
beforeAll(async () => {
  // Clocks that are allowed to be far apart: what lies between a lease and its end by everybody's clock is seen.
  stand = await Stand.start({ env: { VISIBILITY_TIMEOUT_MS: '60000' } });
});
afterAll(() => stand?.stop());

const PLAN = 'a plan';
const LEASE_MS = 5_000;

/** A job that somebody has, with four segments to help with. */
async function offered(): Promise<{ jobId: string; claim: Claim }> {
  const jobId = await stand.byHand.job();
  const claim = await claimed(jobId, 'joiner');
  expect(await stand.platform.segments.offer(claim, { plan: PLAN, count: 4 }, undefined)).toBe(true);
  return { jobId, claim };
}

async function claimed(jobId: string, owner: string, now = Date.now()): Promise<Claim> {
  const claimant = { owner, leaseMs: 10_000, ability: 99 };
  const result = await stand.platform.transitions.claim(jobId, claimant, now);
  if (result.kind !== 'claimed') throw new Error(result.kind);
  return result.claim;
}

async function look(jobId: string): Promise<Job> {
  const job = await stand.platform.transitions.look(jobId);
  if (job === undefined) throw new Error('gone');
  return job;
}

const task = (jobId: string, index: number, owner: string, as: SegmentMark['as'] = 'helps'): SegmentTask => ({
  ...{ jobId, plan: PLAN, index, owner, as },
});

test('of ten who take the same segment one has it, and who has asked twice still has', async () => {
  const { segments } = stand.platform;
  const { jobId } = await offered();
  const owners = Array.from({ length: 10 }, (_, at) => `helper-${at}`);
  const won = await Promise.all(
    owners.map((owner) => segments.take(task(jobId, 3, owner), LEASE_MS, undefined)),
  );
  expect(won.filter(Boolean)).toHaveLength(1);
  const owner = owners[won.indexOf(true)] ?? '';
  expect(await segments.take(task(jobId, 3, owner), LEASE_MS, undefined)).toBe(true);
  expect(segments.free(await look(jobId))).toEqual([0, 1, 2]);
});

test('what is stored, given back and failed: free is what nobody has had', async () => {
  const { segments } = stand.platform;
  const { jobId } = await offered();
  for (const index of [1, 2, 3]) await segments.take(task(jobId, index, `h${index}`), LEASE_MS, undefined);
  expect(await segments.end(task(jobId, 1, 'h1'), 'stored')).toBe(true);
  expect(await segments.end(task(jobId, 2, 'h2'), undefined)).toBe(true);
  expect(await segments.end(task(jobId, 3, 'h3'), 'failed')).toBe(true);
  expect(await segments.end(task(jobId, 1, 'somebody else'), 'failed')).toBe(false);
  const job = await look(jobId);
  expect(segments.free(job)).toEqual([0, 2]);
  expect([1, 2, 3].map((index) => segments.isHelped(job.segments?.taken[index]))).toEqual([
    false,
    false,
    false,
  ]);
});

test('a helper that is not heard of has lost its segment to the one who joins, and to no other helper', async () => {
  const { segments, config } = stand.platform;
  const { jobId } = await offered();
  await segments.take(task(jobId, 3, 'dead'), LEASE_MS, undefined);
  const later = Date.now() + LEASE_MS + config.VISIBILITY_TIMEOUT_MS - config.LEASE_MS + 1;
  const job = await look(jobId);
  const mark = job.segments?.taken[3];
  // By another clock its lease may be over already.
  const overByOwn = (mark?.until ?? 0) + 1;
  expect([overByOwn, later].map((now) => segments.isHelped(mark, now))).toEqual([true, false]);
  expect(segments.free(job, later)).toEqual([0, 1, 2]);
  // Asked twice, as where an answer was lost.
  for (let times = 0; times < 2; times += 1)
    expect(await segments.take(task(jobId, 3, 'joiner', 'joins'), 0, mark)).toBe(true);
  expect(await segments.beat(task(jobId, 3, 'dead'), LEASE_MS, 0.5)).toBe(false);
});

test('a job that has cost two helpers is helped with no more', async () => {
  const { segments } = stand.platform;
  const { jobId } = await offered();
  // One that was made: so the file need not be what kills.
  await segments.take(task(jobId, 1, 'helper'), LEASE_MS, undefined);
  await segments.end(task(jobId, 1, 'helper'), 'stored');
  for (const index of [2, 3]) {
    expect(segments.free(await look(jobId))).toContain(0);
    await segments.take(task(jobId, index, 'helper'), LEASE_MS, undefined);
    await segments.end(task(jobId, index, 'helper'), 'failed');
  }
  expect(segments.free(await look(jobId))).toEqual([]);
});

test('until a segment is made two help at once, and then whoever comes: one file does not take the whole fleet in a second', async () => {
  const { segments } = stand.platform;
  const { jobId } = await offered();
  for (const index of [2, 3]) await segments.take(task(jobId, index, `h${index}`), LEASE_MS, undefined);
  expect(segments.free(await look(jobId))).toEqual([]);
  await segments.end(task(jobId, 3, 'h3'), 'stored');
  expect(segments.free(await look(jobId))).toEqual([0, 1]);
});

test('what an attempt was at that is over is free again; who has lost the job offers nothing', async () => {
  const { segments, transitions } = stand.platform;
  const { jobId, claim } = await offered();
  await segments.take(task(jobId, 0, claim.owner, 'joins'), 0, undefined);
  expect(segments.free(await look(jobId))).toEqual([1, 2, 3]);
  await transitions.release(claim);
  expect(segments.free(await look(jobId))).toEqual([]);
  await claimed(jobId, 'next');
  expect(segments.free(await look(jobId))).toEqual([0, 1, 2, 3]);
  expect(await segments.offer(claim, { plan: PLAN, count: 4 }, undefined)).toBe(false);
});

test('whoever holds the job has not beaten in time: the message that may bring it back is not used up for help', async () => {
  const call = { receiptHandle: '', receiveCount: 1, ageMs: 0, hasCompany: false };
  const { jobId } = await offered();
  const woken = (id: string) =>
    claimJob(stand, { ...call, message: { v: MESSAGE_VERSION, jobId: id } }, 'another');
  expect(await woken(jobId)).toMatchObject({ kind: 'leased' });
  const silent = await stand.byHand.job();
  const claim = await claimed(silent, 'joiner', Date.now() - 15_000);
  await stand.platform.segments.offer(claim, { plan: PLAN, count: 4 }, undefined);
  expect(await woken(silent)).toMatchObject({ kind: 'settled', outcome: { kind: 'hide', refused: true } });
});

test('after a crash nobody helps, also before the next attempt has said so', async () => {
  const { jobId } = await offered();
  const job = await look(jobId);
  expect(stand.platform.segments.free(job)).toEqual([0, 1, 2, 3]);
  expect(stand.platform.segments.free({ ...job, crashes: 2 })).toEqual([]);
});

test('the same plan keeps what is known of it, another one begins anew', async () => {
  const { segments } = stand.platform;
  const { jobId, claim } = await offered();
  await segments.take(task(jobId, 3, 'helper'), LEASE_MS, undefined);
  const { segments: known } = await look(jobId);
  await segments.offer(claim, { plan: PLAN, count: 0 }, known);
  const withdrawn = await look(jobId);
  expect(segments.free(withdrawn)).toEqual([]);
  expect(await segments.beat(task(jobId, 3, 'helper'), LEASE_MS, 0.5)).toBe(true);
  expect((await look(jobId)).segments?.taken[3]).toMatchObject({ owner: 'helper', part: 0.5 });
  await segments.offer(claim, { plan: 'another', count: 2 }, withdrawn.segments);
  expect(await segments.beat(task(jobId, 3, 'helper'), LEASE_MS, 0.6)).toBe(false);
  expect(await segments.take(task(jobId, 1, 'helper'), LEASE_MS, undefined)).toBe(false);
  expect((await look(jobId)).segments).toEqual({ plan: 'another', count: 2, taken: {} });
});

test('once the job is over nobody takes or holds a segment', async () => {
  const { segments, transitions } = stand.platform;
  const { jobId } = await offered();
  await segments.take(task(jobId, 3, 'helper'), LEASE_MS, undefined);
  await transitions.cancel(jobId);
  expect(await segments.beat(task(jobId, 3, 'helper'), LEASE_MS, 0.5)).toBe(false);
  expect(await segments.take(task(jobId, 2, 'helper'), LEASE_MS, undefined)).toBe(false);
  expect(segments.free(await look(jobId))).toEqual([]);
});

test('segments as a newer version may write them are nothing to help with, and keep nobody from the job', async () => {
  const { jobId } = await offered();
  const job = await look(jobId);
  const read = jobSchema.parse({ ...job, segments: { plan: 7, islands: [] } });
  expect(read.segments).toBeUndefined();
  expect(read.jobId).toBe(jobId);
});
