/** What an order is made of, and which are refused before anything is read or written. */
import { expect, test } from 'vitest';
import type { Owner } from '../http/context.ts';
import { type Conversion, orderOf } from './order.ts';
import { jobId } from './sample.testing.ts';

const owner = (id: string): Owner => ({ kind: 'browser', id, scopes: [] });
const source = { kind: 'upload', fileId: '0b7f4a52-5c1c-4c0e-9d0b-0d2f2b8f8a11' } as const;
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** An order of Ann's, without a key unless one is given. */
const order = (conversion: Conversion, idempotencyKey?: string, by = owner('ann')) =>
  orderOf(conversion, { source, retryOf: jobId }, { owner: by, traceparent, idempotencyKey });

test('an order says everything about the job but what it reads', () => {
  expect(order({ format: 'mp3', quality: '192k' })).toEqual({
    jobId: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
    ownerId: 'ann',
    source,
    retryOf: jobId,
    format: 'mp3',
    quality: '192k',
    options: {},
    traceparent,
  });
});

test('the same key of the same owner means the same job, whatever it asks for; nothing else does', () => {
  const { jobId: first } = order({ format: 'mp3' }, 'k');
  expect(order({ format: 'flac' }, 'k').jobId).toBe(first);
  expect(order({ format: 'mp3' }, 'other').jobId).not.toBe(first);
  expect(order({ format: 'mp3' }, 'k', owner('ben')).jobId).not.toBe(first);
  expect(order({ format: 'mp3' }).jobId).not.toBe(order({ format: 'mp3' }).jobId);
});

test.each([
  [{ format: 'mp3', quality: '900k' }, 'quality'],
  [{ format: 'mp3', options: { bitDepth: 16 } }, 'options.bitDepth'],
] as const)('%j is refused, and the field is named', (conversion, field) => {
  expect(() => order(conversion)).toThrow(
    expect.objectContaining({
      code: 'INVALID_OPTION',
      detail: { fields: [{ field, message: expect.any(String) }] },
    }),
  );
});
