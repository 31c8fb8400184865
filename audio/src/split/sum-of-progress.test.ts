/** What several processes say of one result: the sum of it, once a round. */
import { expect, test } from 'vitest';
import { SumOfProgress } from './sum-of-progress.ts';

/** Two segments of ten seconds each, of which the second one warms up for one. */
function sum(): { told: number[]; progress: SumOfProgress } {
  const told: number[] = [];
  const progress = new SumOfProgress(
    [
      { isLast: false, joined: { file: 'a', firstFrame: 0, takesOver: 0 } },
      { isLast: true, joined: { file: 'b', firstFrame: 9, takesOver: 10 } },
    ],
    { frameSamples: 1_000 },
    { md5: undefined, sampleRate: 1_000 },
    ({ writtenSeconds }) => told.push(writtenSeconds),
  );
  return { told, progress };
}
const said = (writtenSeconds: number) => ({ writtenSeconds, writtenBytes: null, speed: 1 });

test('each round is told once, with the last word of it', () => {
  const { told, progress } = sum();
  progress.note(0, said(1));
  for (let second = 2; second < 5; second += 1) {
    progress.note(1, said(second));
    progress.note(0, said(second));
  }
  expect(told).toEqual([1, 3, 5, 7]);
});

test('nobody waits for one that is silent or has ended', () => {
  const { told, progress } = sum();
  progress.note(0, said(1));
  progress.note(1, said(3));
  progress.note(1, said(4));
  progress.note(1, said(5));
  expect(told).toEqual([1, 4, 5]);
  progress.note(0, said(10));
  progress.ended(0);
  progress.note(1, said(6));
  progress.note(1, said(7));
  expect(told).toEqual([1, 4, 5, 15, 16]);
});

test('one that comes late once is told with the next word of the other, not a moment after its last', () => {
  const { told, progress } = sum();
  progress.note(0, said(1));
  progress.note(1, said(2));
  progress.note(0, said(2));
  progress.note(0, said(3));
  progress.note(0, said(4));
  expect(told).toEqual([1, 3, 5]);
  progress.note(1, said(3));
  expect(told).toEqual([1, 3, 5]);
  progress.note(0, said(5));
  expect(told).toEqual([1, 3, 5, 7]);
});

test('of a segment that another worker makes each word is told', () => {
  const { told, progress } = sum();
  progress.notePart(0, 0.5);
  progress.notePart(0, 1);
  progress.note(1, said(3));
  expect(told).toEqual([5, 10, 12]);
});
