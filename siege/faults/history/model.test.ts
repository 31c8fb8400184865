/** The model finds what may not happen, and says nothing of what may. */
import type { JobStatus } from '@wavefleet/contracts/states.ts';
import { expect, test } from 'vitest';
import type { Entry, Write } from './history.ts';
import { broken } from './model.ts';

const jobId = 'j';
let clock = 0;

function write(what: Write['what'], attempt: number, more: Partial<Write> = {}): Write {
  clock += 10;
  const status: JobStatus = what === 'end' ? 'completed' : what === 'submit' ? 'created' : 'processing';
  return {
    ...{ kind: 'write', jobId, caller: 'worker-0', what, status, attempt },
    lease: what === 'claim' ? { owner: `w/${attempt}`, untilMs: clock + 100 } : undefined,
    owner: what === 'end' ? `w/${attempt}` : undefined,
    nowMs: clock,
    startedAtMs: clock,
    endedAtMs: clock + 1,
    ...more,
  };
}
const told = (event: string, eventId = `${jobId}:${event}`): Entry => ({
  kind: 'told',
  jobId,
  eventId,
  event,
});
const read = (status: JobStatus, percent?: number): Entry => ({
  kind: 'read',
  jobId,
  status,
  ...(percent === undefined ? {} : { percent }),
});
/** After the lease of the claim before has run out. */
const later = () => ({ nowMs: clock + 1_000 });

test('one attempt, and one after a worker that died: nothing to say', () => {
  const good = [write('submit', 0), write('claim', 1), write('claim', 2, later()), write('end', 2)];
  expect(
    broken([...good, told('completed'), told('completed'), read('created'), read('completed', 100)]),
  ).toEqual([]);
});

test('a job that was let go of may be claimed before its lease would have ended', () => {
  const letGo = write('other', 1);
  expect(broken([write('submit', 0), write('claim', 1), letGo, write('claim', 2), write('end', 2)])).toEqual(
    [],
  );
});

test.each<[string, () => Entry[], RegExp]>([
  [
    'two claims that hold at once',
    () => [write('claim', 1), write('claim', 2)],
    /claimed \d+ ms before the lease/,
  ],
  ['one attempt for two', () => [write('claim', 1), write('claim', 1, later())], /claim 2 has the attempt 1/],
  ['two ends', () => [write('claim', 1), write('end', 1), write('end', 1)], /it ended 2 times/],
  [
    'an end by who has lost the job',
    () => [write('claim', 1), write('claim', 2, later()), write('end', 2, { owner: 'w/1' })],
    /it was ended by w\/1, and attempt 2 was w\/2's/,
  ],
  [
    'a life after the end',
    () => [write('claim', 1), write('end', 1), write('other', 1, { status: 'processing' })],
    /it was completed, and processing afterwards/,
  ],
  ['two records', () => [write('submit', 0)], /it was made 2 times/],
  [
    'two outcomes',
    () => [write('claim', 1), write('end', 1), told('completed', 'a'), told('completed', 'b')],
    /2 different outcomes/,
  ],
  ['an outcome that never was', () => [write('claim', 1), told('failed')], /failed was told, and never was/],
  ['a reader taken back', () => [read('processing'), read('created')], /told processing, and then created/],
  [
    'a percent that falls',
    () => [read('processing', 40), read('processing', 20)],
    /told 40 %, and then 20 %/,
  ],
])('%s', (_, entries, sentence) => {
  const made = [write('submit', 0)];
  expect(broken([...made, ...entries()])).toEqual([expect.stringMatching(sentence)]);
});
