/** What the record lets expect of a message. */
import { expect, test } from 'vitest';
import { job } from '../jobs/sample.testing.ts';
import { messagePlace } from './message-place.ts';

const createdAt = '2026-01-01T00:00:00.000Z';
const at = (seconds: number) => Date.parse(createdAt) + seconds * 1000;
const lease = { owner: 'o', until: at(45) };

test.each([
  ['accepted, and SQS did not answer', { status: 'created', unsent: true, dueAt: at(5) }, at(3), 'unsent'],
  ['sent', { status: 'created', dueAt: at(300) }, at(3), 'queue'],
  ['sent again by a sweeper', { status: 'created', dueAt: at(4), redispatches: 1 }, at(9), 'queue'],
  ['at work', { status: 'processing', lease, dueAt: at(47) }, at(45), 'worker'],
  ['left by a worker that died', { status: 'processing', lease, dueAt: at(47) }, at(46), 'lost-worker'],
  ['put off', { status: 'processing', dueAt: at(60) }, at(46), 'queue'],
  ['over', { status: 'completed', dueAt: at(2_592_000) }, at(46), 'none'],
] as const)('a job that is %s', (_, fields, now, place) => {
  const answer = messagePlace(job({ createdAt, lease: undefined, redispatches: 0, ...fields }), now);
  expect(answer.place).toBe(place);
  expect(answer.explanation).toMatch(/^[A-Z].*\.$/);
});

test('the explanation says when a sweeper sends it again', () => {
  const { explanation } = messagePlace(
    job({ createdAt, status: 'created', dueAt: at(300), redispatches: 0 }),
    at(9),
  );
  expect(explanation).toContain('a sweeper, after 2026-01-01T00:05:00.000Z, sends it again.');
});
