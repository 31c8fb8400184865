/** All floods, one after the other, on one fleet. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { Fleet } from '@wavefleet/tests/bring-up/fleet.ts';
import { Caller } from './caller.ts';
import { type Flood, floods, type Outcome } from './floods.ts';
import { OtherOwner } from './other.ts';
import { coreTimeSince, type Seen, stretchOf, watched } from './watch.ts';

const JOBS_OF_OTHER = 5;

/** One flood with all that was seen of it. */
export interface Row extends Outcome, Seen {
  readonly name: string;
  /** A job of another owner, from its order to its end, in ms, the median of five: before the flood, and in it. */
  readonly idleMs: number;
  readonly floodedMs: number;
  /** How many times longer the other owner waits in the flood, without what it waits for cores; see `stretchOf`. */
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
  const { result: idleMs, seen: before } = await watched(api, () => other.medianWaitMs(JOBS_OF_OTHER));
  const opened = await openedBreakers(fleet);
  let floodedMs = 0;
  let stretch = 1;
  const meanwhile = async () => {
    const coreTime = coreTimeSince(api.pid);
    floodedMs = await other.medianWaitMs(JOBS_OF_OTHER);
    stretch = stretchOf(coreTime());
  };
  const { result, seen } = await watched(api, () => flood.run({ flooder, fileId, meanwhile }, share));
  flooder.close();
  await other.stop();
  const breakers = (await openedBreakers(fleet)) - opened;
  const { livenessP99Ms: idleLivenessP99Ms } = before;
  const slower = floodedMs / stretch / (idleMs / stretchOf(before));
  return { name: flood.name, ...result, ...seen, idleLivenessP99Ms, idleMs, floodedMs, slower, breakers };
}

async function openedBreakers(fleet: Fleet): Promise<number> {
  const log = await readFile(join(fleet.logDir, 'api.log'), 'utf8');
  return log.split('\n').filter((line) => line.includes('"breaker.opened"')).length;
}
