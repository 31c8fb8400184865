/** All floods, one after the other, on one fleet. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { Fleet } from '@wavefleet/tests/bring-up/fleet.ts';
import { Caller } from './caller.ts';
import { type Flood, floods, type Outcome } from './floods.ts';
import { OtherOwner } from './other.ts';
import { median, slowerBy, type Waits } from './slower.ts';
import { coreTimeSince, type Seen, watched } from './watch.ts';

const JOBS_OF_OTHER = 5;
/** The jobs of a whole flood, on a machine that does other things as well. */
const DRAINED_WITHIN_MS = 600_000;

/** One flood with all that was seen of it. */
export interface Row extends Outcome, Seen {
  readonly name: string;
  /** A job of another owner, from its order to its end, in ms, the median of five: before the flood, and in it. */
  readonly idleMs: number;
  readonly floodedMs: number;
  /** How many times longer the other owner waits in the flood, without what it waits for cores; see `slowerBy`. */
  readonly slower: number;
  /** Liveness while nobody floods: how busy the machine is with other things. */
  readonly idleLivenessP99Ms: number;
  /** Breakers that opened. */
  readonly breakers: number;
}

/** How much is tried. */
interface Extent {
  /** Of each flood: 1, or less. */
  readonly share: number;
  /** No further flood begins once it is aborted. Default: never. */
  readonly signal?: AbortSignal;
}

/** @param tell what each came to. @returns all of those that were tried. */
export async function runFloods(
  { share, signal }: Extent,
  env: Record<string, string>,
  tell: (row: Row) => void,
): Promise<Row[]> {
  const fleet = await Fleet.start({ clocks: 'production', limits: 'default', env });
  try {
    await makeSample(fleet.file('short.wav'), { seconds: 1 });
    await makeSample(fleet.file('long.wav'), { seconds: 1_800, sampleRate: 22_050, channels: 1 });
    const rows: Row[] = [];
    for (const flood of floods) {
      if (signal?.aborted) break;
      const row = await runOne(fleet, flood, share);
      tell(row);
      rows.push(row);
    }
    return rows;
  } finally {
    await fleet.stop();
  }
}

async function runOne(fleet: Fleet, flood: Flood, share: number): Promise<Row> {
  const file = fleet.file('short.wav');
  const flooder = new Caller(fleet.apiUrl);
  const fileId = await flooder.upload(file);
  const other = await OtherOwner.start(fleet.apiUrl, file, fleet.logDir);
  const api = { url: fleet.apiUrl, pid: fleet.api.pid };
  await until('nothing is left of the flood before', () => isIdle(fleet), DRAINED_WITHIN_MS);
  const { result: waits, seen: before } = await watched(api, () => other.waits(JOBS_OF_OTHER));
  const idle = { waits, api: before };
  const opened = await openedBreakers(fleet);
  let flooded: Waits = idle;
  const meanwhile = async () => {
    const coreTime = coreTimeSince(api.pid);
    flooded = { waits: await other.waits(JOBS_OF_OTHER), api: coreTime() };
  };
  const scene = { flooder, fileId, longFile: fleet.file('long.wav'), meanwhile };
  const { result, seen } = await watched(api, () => flood.run(scene, share));
  flooder.close();
  await other.stop();
  const breakers = (await openedBreakers(fleet)) - opened;
  const { livenessP99Ms: idleLivenessP99Ms } = before;
  const [idleMs, floodedMs] = [medianMsOf(idle), medianMsOf(flooded)];
  const slower = slowerBy(idle, flooded);
  return { name: flood.name, ...result, ...seen, idleLivenessP99Ms, idleMs, floodedMs, slower, breakers };
}

const medianMsOf = ({ waits }: Waits) => median(waits.map(({ ms }) => ms));

/** Whether no job waits or runs. */
async function isIdle({ platform }: Fleet): Promise<boolean> {
  const { waiting, inFlight } = await platform.queue.depth(AbortSignal.timeout(3_000));
  return waiting + inFlight === 0;
}

async function openedBreakers(fleet: Fleet): Promise<number> {
  const log = await readFile(join(fleet.logDir, 'api.log'), 'utf8');
  return log.split('\n').filter((line) => line.includes('"breaker.opened"')).length;
}
