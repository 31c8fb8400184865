/** How often the processes of a fleet call a service: in all, and in the worst second. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '@wavefleet/tests/bring-up/proxy/call.ts';
import type { FaultProxy } from '@wavefleet/tests/bring-up/proxy/fault-proxy.ts';

/** Calls of one process. */
export interface CallRate {
  readonly name: string;
  readonly calls: number;
  /** In the second that had most. */
  readonly most: number;
}

/** @param seconds of real time that it takes. */
export async function callRates(
  proxy: Pick<FaultProxy, 'calls'>,
  service: Service,
  names: readonly string[],
  seconds: number,
): Promise<CallRate[]> {
  const soFar = () => names.map((name) => proxy.calls(service, name));
  const counts = [soFar()];
  for (let second = 0; second < seconds; second += 1) {
    await sleep(1_000);
    counts.push(soFar());
  }
  return ratesOf(names, counts);
}

/** @param counts of all names in their order, so far; one more each second. Exported for its test. */
export function ratesOf(names: readonly string[], counts: readonly (readonly number[])[]): CallRate[] {
  return names.map((name, at) => {
    const perSecond = counts.slice(1).map((count, before) => (count[at] ?? 0) - (counts[before]?.[at] ?? 0));
    return { name, calls: perSecond.reduce((sum, each) => sum + each, 0), most: Math.max(0, ...perSecond) };
  });
}

/** `api 31 calls, 4 in a second at most`. */
export const inWords = ({ name, calls, most }: CallRate): string =>
  `${name} ${calls} calls, ${most} in a second at most`;
