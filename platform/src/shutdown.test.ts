/** The order of clean-ups. */
import { expect, test } from 'vitest';
import { Releasers } from './shutdown.ts';

test('last opened is first closed, all are closed, the first error is kept', async () => {
  const closed: string[] = [];
  const releasers = new Releasers();
  releasers.add(() => void closed.push('first'));
  releasers.add(async () => {
    closed.push('second');
    throw new Error('second failed');
  });
  releasers.add(() => {
    closed.push('third');
    throw new Error('third failed');
  });
  await expect(releasers.run()).rejects.toThrow('third failed');
  expect(closed).toEqual(['third', 'second', 'first']);
  await releasers.run();
  expect(closed).toHaveLength(3);
});
