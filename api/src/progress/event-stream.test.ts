import type { ProgressReport } from '@wavefleet/contracts/progress.ts';
import { expect, test } from 'vitest';
import { report } from '../jobs/sample.testing.ts';
import { Inbox } from './inbox.ts';

const percentOf = (message: ProgressReport | 'ended' | undefined) =>
  typeof message === 'object' ? message.percent : message;

test('a slow reader gets the newest message only', async () => {
  const inbox = new Inbox();
  inbox.put(report({ percent: 1 }));
  inbox.put(report({ percent: 2 }));
  expect(percentOf(await inbox.take(0))).toBe(2);
  expect(await inbox.take(0)).toBeUndefined();
});

test('a waiting reader is woken', async () => {
  const inbox = new Inbox();
  const taken = inbox.take(60_000);
  inbox.put(report({ percent: 3 }));
  expect(percentOf(await taken)).toBe(3);
});

test('the end is never skipped', async () => {
  const inbox = new Inbox();
  inbox.put('ended');
  inbox.put(report({ percent: 4 }));
  expect(await inbox.take(0)).toBe('ended');
});
