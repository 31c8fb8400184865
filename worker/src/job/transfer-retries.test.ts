/** For how long a transfer is tried, by what stands in its way. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { expect, test } from 'vitest';
import { withRetries } from './transfer-retries.ts';

const refusal = (name: string, httpStatusCode: number) =>
  Object.assign(new Error(name), { name, $fault: 'client', $metadata: { httpStatusCode } });

/** Each error in its turn, then success. Answers how often it was tried, and what came of it. */
async function triesOf(errors: readonly unknown[], signal = new AbortController().signal) {
  const left = [...errors];
  let tries = 0;
  const context = {
    signal,
    log: makeLog('test', 'silent'),
    platform: { config: { AWS_RETRY_BASE_MS: 1 } },
  };
  const end = await withRetries(context, 'upload', async () => {
    tries += 1;
    if (left.length > 0) throw left.shift();
  }).then(
    () => 'done',
    (error: unknown) => (error instanceof Failure ? error.code : error),
  );
  return { tries, end };
}

test('what is final or not permitted is not tried again', async () => {
  expect(await triesOf([new Failure('INPUT_CHANGED')])).toEqual({ tries: 1, end: 'INPUT_CHANGED' });
  expect(await triesOf([refusal('AccessDenied', 403)])).toEqual({ tries: 1, end: 'ACCESS_DENIED' });
});

test('an unknown error is tried four times, trouble of S3 for longer', async () => {
  const unknown = Array.from({ length: 9 }, () => new Error('unheard of'));
  expect(await triesOf(unknown)).toEqual({ tries: 4, end: 'STORAGE_UNAVAILABLE' });
  const busy = Array.from({ length: 5 }, () => refusal('SlowDown', 503));
  expect(await triesOf(busy)).toEqual({ tries: 6, end: 'done' });
});

test('a job that was stopped tries no more, and says why', async () => {
  const stopped = AbortSignal.abort('stopped');
  expect(await triesOf([refusal('SlowDown', 503)], stopped)).toEqual({ tries: 1, end: 'stopped' });
});
