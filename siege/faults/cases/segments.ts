/** F80–F82: segments of a very long result, on their way between who makes them and who joins them. */
import type { Call } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { type Effect, failing, throttled } from '@wavefleet/tests/bring-up/proxy/fault.ts';
import type { Rig } from '../rig/rig.ts';
import { whileConverting } from '../rig/stand-in-ffmpeg.ts';
import { byWorker, never, workerOf } from './at-work.ts';
import { type FaultCase, require } from './case.ts';

const ofSegment = (operation: string) => (call: Call) =>
  byWorker(operation)(call) && decodeURIComponent(call.path).includes('/segments/');

/** Long enough for others to come and help. */
const slowly = whileConverting('sleep 0.5');
/** A conversion takes its time, and who dies is missed only after its lease. */
const END_WITHIN_MS = 60_000;

/** One very long job at work, and the worker that joins it. */
async function longAtWork(rig: Rig) {
  await rig.load.prepareLong();
  await rig.ffmpeg.behaves(slowly);
  const job = await rig.load.submitLong();
  return { job, joiner: await workerOf(rig, job.jobId) };
}

/** @param isHit of a call about a segment, whether it is the one to die at, by who joins. */
function killedAt(
  operation: string,
  when: 'before' | 'after',
  isHit: (call: Call, joiner: string) => boolean,
  extraAttempts: number,
): FaultCase['run'] {
  return async (rig) => {
    const { job, joiner } = await longAtWork(rig);
    const hits = (call: Call) => ofSegment(operation)(call) && isHit(call, joiner);
    const held = rig.proxy.inject({ hits, effect: { kind: 'hold', when, until: never }, times: 1 });
    const call = await held.nth(1);
    if (when === 'after') await rig.proxy.answered(call);
    await rig.kill(call.caller);
    return { jobs: [job], extraAttempts, endWithinMs: END_WITHIN_MS };
  };
}

const byHelper = (call: Call, joiner: string): boolean => call.caller !== joiner;
const byJoiner = (call: Call, joiner: string): boolean => call.caller === joiner;

/** Every second such call of each segment. */
function broken(operation: string, effect: Effect): FaultCase['run'] {
  return async (rig) => {
    await rig.load.prepareLong();
    const seen = new Map<string, number>();
    const hits = (call: Call): boolean => {
      if (!ofSegment(operation)(call)) return false;
      const times = (seen.get(call.path) ?? 0) + 1;
      seen.set(call.path, times);
      return times % 2 === 1;
    };
    const fault = rig.proxy.inject({ hits, effect });
    await rig.ffmpeg.behaves(slowly);
    const job = await rig.load.submitLong();
    await rig.history.ended(job.jobId);
    require(fault.struck.length > 0, 'no segment was struck');
    return { jobs: [job], endWithinMs: END_WITHIN_MS };
  };
}

const transfers = [
  ['F82a', 'S3 fails while segments are stored', 'PutObject', failing.s3],
  ['F82b', 'S3 wants less while segments are stored', 'PutObject', throttled.s3],
  ['F82c', 'the answer to what was stored of a segment is lost', 'PutObject', { kind: 'lose-reply' }],
  ['F82d', 'S3 fails while segments are fetched', 'GetObject', failing.s3],
  ['F82e', 'a segment comes with a wrong byte', 'GetObject', { kind: 'flip' }],
] as const satisfies readonly (readonly [string, string, string, Effect])[];

export const segmentCases: readonly FaultCase[] = [
  {
    id: 'F80a',
    breaks: 'who helps with a very long file is killed before its segment is stored',
    seen: 'nothing: who joins makes it',
    how: 'PutObject of the segment held back, SIGKILL',
    quick: true,
    run: killedAt('PutObject', 'before', byHelper, 0),
  },
  {
    id: 'F80b',
    breaks: 'who helps with a very long file is killed when its segment is stored',
    seen: 'nothing: who joins takes it up',
    how: 'PutObject of the segment done, answer held, SIGKILL',
    run: killedAt('PutObject', 'after', byHelper, 0),
  },
  {
    id: 'F81a',
    breaks: 'who joins a very long file is killed when its own segment is stored',
    seen: 'that job takes longer by a lease; what was stored is taken up',
    how: 'PutObject of the segment done, answer held, SIGKILL',
    run: killedAt('PutObject', 'after', byJoiner, 1),
  },
  {
    id: 'F81b',
    breaks: 'who joins a very long file is killed in the midst of it',
    seen: 'that job takes longer by a lease; what was stored is taken up',
    how: 'GetObject of a helper’s segment answered and held, SIGKILL',
    run: killedAt('GetObject', 'after', byJoiner, 1),
  },
  ...transfers.map(
    ([id, breaks, operation, effect]): FaultCase => ({
      id,
      breaks,
      seen: 'nothing',
      how: `${operation} of a segment: ${JSON.stringify(effect)}, every second one of each`,
      run: broken(operation, effect),
    }),
  ),
];
