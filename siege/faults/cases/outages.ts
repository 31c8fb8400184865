/** Services that are away, or only half there: each alone, and all at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { type Fault, throttled, toService } from '@wavefleet/tests/bring-up/proxy/fault.ts';
import { FACTOR, scaled, scaledClocks } from '../rig/clocks.ts';
import type { Rig } from '../rig/rig.ts';
import { type FaultCase, require } from './case.ts';

/** Conversions at once: what an outage can catch at work. */
const SLOTS = 2;
/** Of a worker that cannot renew its lease: then its job is stopped. */
const LEASE_HELD_MS = (Number(scaledClocks.LEASE_MS) * 5) / 6;

const aws = ['s3', 'sqs', 'dynamodb', 'eventbridge'] as const satisfies readonly Service[];
type Target = Service | 'redis';
const targets: readonly { readonly name: string; readonly what: string; readonly of: readonly Target[] }[] = [
  { name: 's3', what: 'S3', of: ['s3'] },
  { name: 'sqs', what: 'SQS', of: ['sqs'] },
  { name: 'dynamodb', what: 'DynamoDB', of: ['dynamodb'] },
  { name: 'eventbridge', what: 'EventBridge', of: ['eventbridge'] },
  { name: 'redis', what: 'Redis', of: ['redis'] },
  { name: 'all', what: 'everything', of: [...aws, 'redis'] },
];

type Way = 'away' | 'hanging' | 'throttled' | 'slow';

interface Outage {
  readonly id: string;
  readonly way: Way;
  readonly words: string;
  readonly ms: number;
}

const outages: readonly Outage[] = [
  { id: '5s', way: 'away', words: 'away for 5 s', ms: scaled(5_000) },
  { id: '60s', way: 'away', words: 'away for 60 s', ms: scaled(60_000) },
  { id: '10min', way: 'away', words: 'away for 10 min', ms: scaled(600_000) },
  { id: 'throttled', way: 'throttled', words: 'refusing 30 % of all calls for 2 min', ms: scaled(120_000) },
  { id: 'slow', way: 'slow', words: 'slower by 2 s for 2 min', ms: scaled(120_000) },
  { id: 'hanging', way: 'hanging', words: 'hanging for 60 s', ms: scaled(60_000) },
];
/** Of a service that is asked only now and then. */
const NOTICED_WITHIN_MS = 15_000;
const SLOWER_MS = scaled(2_000);
const REFUSED_SHARE = 0.3;

/** Redis has no word for "not now". */
const makesSense = (name: string, { way }: Outage) => name !== 'redis' || way !== 'throttled';

export const outageCases: readonly FaultCase[] = targets.flatMap(({ name, what, of }) =>
  outages
    .filter((outage) => makesSense(name, outage))
    .map((outage) => ({
      id: `${name}-${outage.id}`,
      breaks: `${what} ${outage.words}`,
      seen: seenOf(name, outage.way),
      how: `${outage.way}, clocks and outage divided by ${FACTOR}: ${(outage.ms / 1000).toFixed(1)} s`,
      quick: outage.id === '5s' && ['s3', 'dynamodb', 'redis'].includes(name),
      run: (rig: Rig) => duringWork(rig, of, outage),
    })),
);

function seenOf(name: string, way: Way): string {
  if (way === 'slow' || way === 'throttled') return 'it takes longer';
  if (name === 'redis') return 'coarser progress';
  if (name === 'eventbridge') return 'events come later';
  if (name === 'sqs') return 'jobs are accepted and begin later';
  return 'new jobs are refused with 503 and when to come back; accepted ones end later';
}

/** Some jobs are at work, some wait, some are ordered meanwhile. */
async function duringWork(rig: Rig, of: readonly Target[], { way, ms }: Outage) {
  const before = await rig.load.submit(rig.jobs / 2);
  const { heal, felt } = breakServices(rig, of, way);
  const meanwhile = rig.load.submit(rig.jobs / 2);
  // Its rejection is waited for below.
  meanwhile.catch(() => undefined);
  // It counts from when somebody meets with it.
  await Promise.race([felt, sleep(NOTICED_WITHIN_MS)]);
  await sleep(ms);
  await heal();
  const jobs = [...before, ...(await meanwhile)];
  return { jobs, extraAttempts: explained(of, way, ms) };
}

/** @returns how to mend them, and when a first call has met with it. */
function breakServices(rig: Rig, of: readonly Target[], way: Way) {
  const broken = aws.filter((service) => of.includes(service));
  const faults = broken.map((service) => rig.proxy.inject(faultOf(service, way)));
  const withRedis = of.includes('redis');
  const shut = withRedis && way === 'away' ? rig.redis.shut() : undefined;
  if (withRedis && way === 'hanging') rig.redis.freeze();
  if (withRedis && (way === 'slow' || way === 'throttled')) rig.redis.delay(SLOWER_MS);
  const heal = async () => {
    await shut;
    for (const fault of faults) fault.end();
    await rig.redis.open();
    const struck = faults.reduce((sum, fault) => sum + fault.struck.length, 0);
    require(broken.length === 0 || struck > 0, 'nobody called the service meanwhile');
  };
  const felt = Promise.race(faults.length === 0 ? [Promise.resolve()] : faults.map((fault) => fault.nth(1)));
  return { heal, felt };
}

function faultOf(service: Service, way: Way): Fault {
  const hits = toService(service);
  if (way === 'away') return { hits, effect: { kind: 'refuse' } };
  if (way === 'hanging') return { hits, effect: { kind: 'hang' } };
  if (way === 'slow') return { hits, effect: { kind: 'slow', ms: SLOWER_MS } };
  return { hits, effect: throttled[service], share: REFUSED_SHARE };
}

/**
 * What was at work is begun again when its lease could not be kept, or its bytes could not be moved. Without S3 so may be
 * what was received before a gate was shut; nothing is claimed behind it, however long the outage is.
 */
function explained(of: readonly Target[], way: Way, ms: number): number {
  if (way === 'slow') return 0;
  if (way === 'throttled') return of.includes('s3') || of.includes('dynamodb') ? SLOTS : 0;
  if (of.includes('s3')) return SLOTS * 2;
  return of.includes('dynamodb') && ms >= LEASE_HELD_MS ? SLOTS : 0;
}
