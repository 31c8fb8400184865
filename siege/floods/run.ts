/** All floods, one after the other, on one fleet. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { Fleet } from '@wavefleet/tests/bring-up/fleet.ts';
import { Caller } from './caller.ts';
import { type Flood, floods, type Outcome } from './floods.ts';
import { type Seen, watched } from './watch.ts';

/** One flood with all that was seen of it. */
export interface Row extends Outcome, Seen {
  readonly name: string;
  /** One job of another owner, from its order to its end, in ms: before the flood, and in it. */
  readonly idleMs: number;
  readonly floodedMs: number;
  /** Liveness while nobody floods: how busy the machine is with other things. */
  readonly idleLivenessP99Ms: number;
  /** Breakers that opened. */
  readonly breakers: number;
}

/** @param share of each flood: 1, or less. @param tell what each came to. */
export async function runFloods(
  share: number,
  env: Record<string, string>,
  tell: (row: Row) => void,
): Promise<Row[]> {
  const fleet = await Fleet.start({ clocks: 'production', limits: 'default', env });
  try {
    await makeSample(fleet.file('short.wav'), { seconds: 1 });
    const rows: Row[] = [];
    for (const flood of floods) {
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
  const [flooder, other] = [new Caller(fleet.apiUrl), new Caller(fleet.apiUrl)];
  const [fileId, theirs] = [await flooder.upload(file), await other.upload(file)];
  const api = { url: fleet.apiUrl, pid: fleet.api.pid };
  const idle: number[] = [];
  const { seen: before } = await watched(api, async () => {
    for (let each = 0; each < 3; each += 1) idle.push(await other.waitOfOneJob(theirs));
  });
  const opened = await openedBreakers(fleet);
  let floodedMs = 0;
  const meanwhile = async () => {
    floodedMs = await other.waitOfOneJob(theirs);
  };
  const { result, seen } = await watched(api, () => flood.run({ flooder, fileId, meanwhile }, share));
  flooder.close();
  other.close();
  const breakers = (await openedBreakers(fleet)) - opened;
  const idleMs = idle.sort((a, b) => a - b)[1] ?? 0;
  const { livenessP99Ms: idleLivenessP99Ms } = before;
  return { name: flood.name, ...result, ...seen, idleLivenessP99Ms, idleMs, floodedMs, breakers };
}

async function openedBreakers(fleet: Fleet): Promise<number> {
  const log = await readFile(join(fleet.logDir, 'api.log'), 'utf8');
  return log.split('\n').filter((line) => line.includes('"breaker.opened"')).length;
}
