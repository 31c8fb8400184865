/** What is said of errors that no service of AWS has a word for. */
import { expect, test } from 'vitest';
import { explain } from './explain.ts';

test('a call that Redis did not answer in time is a matter of the network', () => {
  const where = {
    service: 'Redis',
    region: '',
    setting: 'REDIS_URL',
    address: 'cache.example:6379',
  } as const;
  expect(explain(new Error('Command timed out'), where)).toMatchObject({
    kind: 'network',
    problem: 'Error: Command timed out',
    fix: expect.stringMatching(/^No answer from cache\.example:6379: its security group must let/),
  });
  expect(explain(new Error('something else'), where)).toMatchObject({ kind: 'unknown' });
});
