/** What of a longer wait is the machine's, and what is not. */
import { expect, test } from 'vitest';
import { slowerBy } from './slower.ts';

const ofItself = { busy: 0.2, waiting: 0 };
const jobs = (ms: number, queuedMs: number, workedMs: number) => [{ ms, queuedMs, workedMs }];
const idle = { waits: jobs(200, 20, 100), api: ofItself };

test('a job that waits in the queue, or for answers, is as much slower as it takes longer', () => {
  expect(slowerBy(idle, idle)).toBe(1);
  expect(slowerBy(idle, { waits: jobs(400, 220, 100), api: ofItself })).toBe(2);
  expect(slowerBy(idle, { waits: jobs(400, 20, 100), api: ofItself })).toBe(2);
});

test('where everything takes twice as long for want of cores nothing is slower; on fewer cores a queue is as long as before', () => {
  const halved = { busy: 0.2, waiting: 0.2 };
  expect(slowerBy(idle, { waits: jobs(400, 40, 200), api: halved })).toBe(1);
  expect(slowerBy(idle, { waits: jobs(800, 440, 200), api: halved })).toBe(2);
});

test('work that took less than before makes no wait shorter, and the API’s cores do not excuse the queue', () => {
  expect(slowerBy(idle, { waits: jobs(350, 220, 50), api: ofItself })).toBe(1.75);
  expect(slowerBy(idle, { waits: jobs(480, 300, 100), api: { busy: 0.2, waiting: 0.6 } })).toBe(2.1);
});
