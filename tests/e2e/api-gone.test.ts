/** Clients that ask for what goes on for long and do not stay for it: nothing is kept open for them, and no place. */
import { connect, type Socket } from 'node:net';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callerOf, jobOf } from '../bring-up/caller.ts';
import { disturb } from '../bring-up/client-faults.ts';
import { Stand } from '../bring-up/stand.ts';
import { tokenOf } from '../bring-up/token-of.ts';

/** Of one owner. */
const STREAMS = 2;
const EXPORTS = 2;

let api: Stand;
beforeAll(async () => {
  api = await Stand.start({ env: { MAX_STREAMS_PER_OWNER: String(STREAMS) } });
});
afterAll(() => api?.stop());

/** An owner with a key, and with a job that waits. */
let key = '';
let jobId = '';
beforeEach(async () => {
  const ann = callerOf(api);
  jobId = await jobOf(await ann.submit(await ann.upload()));
  const owner = (await api.platform.jobs.get(jobId))?.ownerId ?? '';
  key = await tokenOf(api.platform, owner);
});

const events = () => `/api/jobs/${jobId}/events`;
const EXPORT = '/api/jobs/export';
const headers = () => ({ authorization: `Bearer ${key}` });

/** A request on a connection of its own. */
function sent(path: string): Socket {
  const socket = connect(api.port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\n\r\n`);
  return socket;
}

/** What somebody gets who asks for as many as may be at once. */
async function statusesOf(path: string, count: number): Promise<number[]> {
  const answers = await Promise.all(
    Array.from({ length: count }, () => api.request(path, { headers: headers() })),
  );
  await Promise.all(answers.map((answer) => answer.body?.cancel()));
  return answers.map(({ status }) => status);
}

/** What has ended gives its place back a moment later. */
const mayAll = async (path: string, count: number) =>
  await until(`${count} may ask for ${path} at once`, async () =>
    (await statusesOf(path, count)).every((status) => status === 200),
  );

test('HEAD holds no event stream open', async () => {
  for (let asked = 0; asked < STREAMS; asked += 1) {
    const answer = await api.request(events(), { method: 'HEAD', headers: headers() });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  }
  await mayAll(events(), STREAMS);
});

test.each([
  ['an export', () => EXPORT, EXPORTS],
  ['an event stream', events, STREAMS],
])('who has gone before %s begins has no place', async (_, path, places) => {
  const owner = (await api.platform.jobs.get(jobId))?.ownerId ?? '';
  let gone = 0;
  let socket: Socket | undefined;
  disturb(api.platform.aws.dynamo, (command, input) => {
    // Each time a key that is not known yet: the table is asked before anything begins.
    if (gone === places || !/^Get.*key:/.test(`${command} ${JSON.stringify(input)}`)) return undefined;
    gone += 1;
    return {
      async loseAfter() {
        socket?.resetAndDestroy();
        // What is asked after that is heard after that.
        await (await api.request('/api/formats')).text();
      },
    };
  });
  for (let asked = 1; asked <= places; asked += 1) {
    key = await tokenOf(api.platform, owner);
    socket = sent(path());
    await until('the key is looked up', () => gone === asked);
  }
  await mayAll(path(), places);
});
