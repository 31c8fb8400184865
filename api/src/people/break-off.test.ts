/** What is broken off, and when. Real streams and uploads are in `tests/e2e/sign-in.test.ts`. */
import { EventEmitter } from 'node:events';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AppEnv } from '../http/context.ts';
import { breakOffWithCaller } from './break-off.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

let told = recordedLog();
let ofOneProcess = breakOffWithCaller();
beforeEach(() => {
  told = recordedLog();
  ofOneProcess = breakOffWithCaller();
});

/** A request that has no end yet. @param isStillGood what is said of its caller's key. Answers its connection. */
async function begun(
  method: 'GET' | 'DELETE',
  isStillGood: () => Promise<boolean>,
): Promise<{ readonly destroyed: boolean }> {
  const outgoing = Object.assign(new EventEmitter(), {
    ...{ destroyed: false, writableFinished: false },
    destroy() {
      outgoing.destroyed = true;
      outgoing.emit('close');
    },
  });
  const app = new Hono<AppEnv>();
  app.use((c, next) => {
    c.set('owner', { kind: 'key', id: 'ann', scopes: [], isStillGood });
    c.set('log', told.log);
    return next();
  });
  app.use(ofOneProcess);
  app.all('/', (c) => c.body('begun'));
  await app.request('/', { method }, { outgoing });
  return outgoing;
}

test('five seconds after its key is none any more a request is broken off, and not before', async () => {
  let isGood = true;
  const connection = await begun('GET', async () => isGood);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(connection.destroyed).toBe(false);
  isGood = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(connection.destroyed).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('while nobody can say whether the key is good the request goes on', async () => {
  const connection = await begun('GET', () => Promise.reject(new Error('the table does not answer')));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(connection.destroyed).toBe(false);
});

test('of looks in vain the log hears once a minute, however many requests are under way', async () => {
  for (let each = 0; each < 50; each += 1) await begun('GET', () => Promise.reject(new Error('no answer')));
  const events = () => told.said.map(({ event }) => event);
  await vi.advanceTimersByTimeAsync(55_000);
  expect(events()).toEqual(['request.caller-unread']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(events()).toEqual(['request.caller-unread', 'request.caller-unread']);
});

test('who deletes everything of theirs, and so the session as well, is answered all the same', async () => {
  const connection = await begun('DELETE', async () => false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(connection.destroyed).toBe(false);
});
