/** What we need of EventBridge: outcomes reach the queue, and what did not is told. */
import { randomUUID } from 'node:crypto';
import { DescribeEventBusCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { eventSchema, type JobEvent, newsOf } from '@wavefleet/contracts/events.ts';
import { EventBus } from '@wavefleet/platform/jobs/events.ts';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { Stand } from '../bring-up/stand.ts';
import { refusalOf, takeBodies } from './calls.ts';
import { behaviour } from './conforms.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start();
});
afterAll(() => stand.stop());

const bus = () => stand.platform.config.EVENT_BUS;
const client = () => stand.platform.aws.eventBridge;
const event = (fileName = 'Füße.wav'): JobEvent => {
  const jobId = randomUUID();
  const news = newsOf(jobId, 'completed', 1);
  return {
    ...news,
    jobId,
    ownerId: 'me',
    status: 'completed',
    format: 'mp3',
    fileName,
    outputKey: 'c/x/1.mp3',
  };
};
const arrived = (count: number) => takeBodies(stand.platform, stand.env.EVENTS_QUEUE_URL ?? '', count);
/** Ids of the events that EventBridge took. */
async function tell(events: readonly JobEvent[], by = stand.platform.events): Promise<Set<string>> {
  const taken = new Set<string>();
  await by.put(events, { onTaken: (eventId) => taken.add(eventId) });
  return taken;
}
const put = (entry: { DetailType?: string; Source?: string; Detail?: string; EventBusName?: string }) =>
  client().send(
    new PutEventsCommand({
      Entries: [
        { EventBusName: bus(), Source: 'wavefleet', DetailType: 'Job Completed', Detail: '{}', ...entry },
      ],
    }),
  );

behaviour('an outcome reaches the queue of its rule, in the envelope', async () => {
  const outcome = event();
  await tell([outcome]);
  const [body] = await arrived(1);
  expect(body).toMatchObject({
    version: '0',
    id: expect.any(String),
    source: 'wavefleet',
    'detail-type': 'Job Completed',
    account: '000000000000',
    region: 'us-east-1',
    resources: [],
    time: outcome.time.replace(/\.\d+Z$/, 'Z'),
  });
  expect(eventSchema.parse(z.object({ detail: z.unknown() }).parse(body).detail)).toEqual(outcome);
});

behaviour('several outcomes in one call arrive each by itself', async () => {
  const outcomes = [event(), event(), event()];
  await tell(outcomes);
  const bodies = z.array(z.object({ detail: eventSchema })).parse(await arrived(3));
  expect(new Set(bodies.map(({ detail }) => detail.eventId))).toEqual(
    new Set(outcomes.map(({ eventId }) => eventId)),
  );
});

behaviour('what the pattern does not name does not arrive', async () => {
  await put({ DetailType: 'Something else', Detail: '{"stranger":true}' });
  await put({ Source: 'somebody.else', Detail: '{"stranger":true}' });
  const outcome = event();
  await tell([outcome]);
  expect(await arrived(1)).toMatchObject([{ detail: { eventId: outcome.eventId } }]);
});

const malformed = async () => {
  const { FailedEntryCount, Entries } = await put({ Detail: 'not json' });
  return [FailedEntryCount, Entries?.[0]?.ErrorCode];
};
behaviour(
  'an entry whose detail is no JSON fails by itself, in the answer',
  async () => expect(await malformed()).toEqual([1, 'MalformedDetail']),
  async () => expect(await malformed()).toEqual([0, undefined]),
);

/** Above any limit that AWS has had for one call (256 KB, later 1 MB). */
const taken = async (call: Promise<ReadonlySet<string>>) => {
  const sent = await call.catch((): ReadonlySet<string> => new Set());
  return sent.size === 0 ? 'refused' : 'accepted';
};
const oversize = () => taken(tell([event('x'.repeat(1100 * 1024))]));
behaviour(
  'an event that is too large is refused',
  async () => expect(await oversize()).not.toBe('accepted'),
  async () => expect(await oversize()).toBe('accepted'),
);

const unknownBus = () => taken(tell([event()], new EventBus(client(), 'never-made', stand.platform.log)));
behaviour(
  'an event for a bus that is not there is taken and lost',
  async () => expect(await unknownBus()).toBe('accepted'),
  async () => expect(await unknownBus()).toBe('refused'),
);

behaviour('a bus is described, one that is not there is told by name', async () => {
  const known = await client().send(new DescribeEventBusCommand({ Name: bus() }));
  expect(known.Name).toBe(bus());
  const unknown = client().send(new DescribeEventBusCommand({ Name: 'never-made' }));
  expect(await refusalOf(unknown)).toBe('ResourceNotFoundException');
});
