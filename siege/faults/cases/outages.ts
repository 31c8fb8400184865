/** Services that are away, or only half there: each alone, and all at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { submittedSchema } from '@wavefleet/contracts/http.ts';
import type { Service } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { type Fault, throttled, toService } from '@wavefleet/tests/bring-up/proxy/fault.ts';
import { FACTOR, scaled, scaledClocks } from '../rig/clocks.ts';
import type { Accepted } from '../rig/load.ts';
import type { Rig } from '../rig/rig.ts';
import { orderOnce, uploadOnce } from './asking.ts';
import { type FaultCase, require } from './case.ts';

/** Conversions at once: what an outage can catch at work. */
const SLOTS = 2;
/** Of a worker that cannot renew its lease: then its job is stopped. */
const LEASE_HELD_MS = (Number(scaledClocks.LEASE_MS) * 5) / 6;
/** A write that is two seconds of real time late must not meet with a lease of three. */
const LEASES_LONGER_BY = 3;
const longerLeases = {
  VISIBILITY_TIMEOUT_MS: String(LEASES_LONGER_BY * Number(scaledClocks.VISIBILITY_TIMEOUT_MS)),
  LEASE_MS: String(LEASES_LONGER_BY * Number(scaledClocks.LEASE_MS)),
  HEARTBEAT_MS: String(LEASES_LONGER_BY * Number(scaledClocks.HEARTBEAT_MS)),
};

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

/** Time limits of calls are constants of the code: what is to be longer than they are is of real time, and not scaled. */
const SLOWER_MS = 2_000;
/** S3 waits for 10 s, the others for less. */
const HANGING_MS = 12_000;

const outages: readonly Outage[] = [
  { id: '5s', way: 'away', words: 'away for 5 s', ms: scaled(5_000) },
  { id: '60s', way: 'away', words: 'away for 60 s', ms: scaled(60_000) },
  { id: '10min', way: 'away', words: 'away for 10 min', ms: scaled(600_000) },
  { id: 'throttled', way: 'throttled', words: 'refusing 30 % of all calls for 2 min', ms: scaled(120_000) },
  { id: 'slow', way: 'slow', words: 'slower by 2 s', ms: scaled(120_000) },
  { id: 'hanging', way: 'hanging', words: 'hanging for longer than any call waits', ms: HANGING_MS },
];
/** Of a service that is asked only now and then. */
const NOTICED_WITHIN_MS = 15_000;
const REFUSED_SHARE = 0.3;
/** Too short an outage to be told of: tries of a single call outlast it. */
const TOLD_FROM_MS = scaled(60_000);

/** Short ones, and one of each other kind. */
const quick: ReadonlySet<string> = new Set([
  ...['s3-5s', 'dynamodb-5s', 'redis-5s'],
  ...['dynamodb-throttled', 'dynamodb-hanging'],
]);

/** Redis has no word for "not now". */
const makesSense = (name: string, { way }: Outage) => name !== 'redis' || way !== 'throttled';

export const outageCases: readonly FaultCase[] = targets.flatMap(({ name, what, of }) =>
  outages
    .filter((outage) => makesSense(name, outage))
    .map((outage) => ({
      id: `${name}-${outage.id}`,
      breaks: `${name === 'all' && outage.way === 'throttled' ? 'all of AWS' : what} ${outage.words}`,
      seen: seenOf(name, outage),
      how: howOf(outage, of),
      quick: quick.has(`${name}-${outage.id}`),
      ...(outage.way === 'slow' && of.includes('dynamodb') ? { env: longerLeases } : {}),
      run: (rig: Rig) => duringWork(rig, name, of, outage),
    })),
);

function howOf({ way, ms }: Outage, of: readonly Target[]): string {
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  if (way === 'hanging') return `calls taken and never answered for ${seconds} of real time`;
  if (way === 'slow') {
    const leases = of.includes('dynamodb')
      ? `; leases ${LEASES_LONGER_BY} times as long as elsewhere here`
      : '';
    return `each call passed on ${SLOWER_MS} ms of real time late, for ${seconds}${leases}`;
  }
  return `${way}, clocks and outage divided by ${FACTOR}: ${seconds}`;
}

function seenOf(name: string, { way, ms }: Outage): string {
  if (name === 'redis') return 'jobs are accepted, and none needs another attempt';
  if (name === 'eventbridge') return 'events come later';
  if (way === 'slow' || way === 'throttled' || ms < TOLD_FROM_MS) return 'it takes longer';
  if (name === 'sqs') return 'jobs are accepted and begin later';
  if (name !== 's3') return 'new jobs are refused with 503 and when to come back; accepted ones end later';
  return way === 'away'
    ? 'uploads are refused with 503 and when to come back; jobs are accepted and end later'
    : 'jobs are accepted and end later';
}

/** Some jobs are at work, some wait, some are ordered meanwhile. @param name of the row whose words users' answers are held to. */
export async function duringWork(
  rig: Rig,
  name: string,
  of: readonly Target[],
  { way, ms }: Pick<Outage, 'way' | 'ms'>,
) {
  const before = await rig.load.submit(rig.jobs / 2);
  const { heal, felt } = breakServices(rig, of, way);
  const meanwhile = rig.load.submit(rig.jobs / 2);
  // Its rejection is waited for below.
  meanwhile.catch(() => undefined);
  // It counts from when somebody meets with it.
  await Promise.race([felt, sleep(NOTICED_WITHIN_MS)]);
  const isTold = (way === 'away' || way === 'hanging') && ms >= TOLD_FROM_MS;
  const [told] = await Promise.all([isTold ? whatUsersAreTold(rig, name, way) : [], sleep(ms)]);
  await heal();
  const jobs = [...before, ...told, ...(await meanwhile)];
  return { jobs, extraAttempts: explained(of, way, ms) };
}

/** @returns the jobs that were accepted. @throws when somebody is told what {@link seenOf} does not say. */
async function whatUsersAreTold(rig: Rig, name: string, way: Way): Promise<Accepted[]> {
  if (name === 's3' && way === 'away') {
    const answer = await uploadOnce(rig);
    require(answer.status === 503 &&
      answer.headers.has('retry-after'), `an upload was answered with ${answer.status}`);
  }
  const answer = await orderOnce(rig);
  if (name === 'dynamodb' || name === 'all') {
    require(answer.status === 503 &&
      answer.headers.has('retry-after'), `an order was answered with ${answer.status}`);
    return [];
  }
  require(answer.status === 202, `an order was answered with ${answer.status}`);
  return [rig.load.accepted(submittedSchema.parse(await answer.json()).jobId)];
}

/** @returns how to mend them, and when a first call has met with it. */
function breakServices(rig: Rig, of: readonly Target[], way: Way) {
  const broken = aws.filter((service) => of.includes(service));
  const faults = broken.map((service) => rig.proxy.inject(faultOf(service, way)));
  const withRedis = of.includes('redis');
  const shut = withRedis && way === 'away' ? rig.redis.shut() : undefined;
  if (withRedis && way === 'hanging') rig.redis.freeze();
  if (withRedis && way === 'slow') rig.redis.delay(SLOWER_MS);
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
