/** How an upload is cut into parts, and which are missing. */
import { expect, test } from 'vitest';
import {
  choosePartSize,
  MAX_PARTS,
  missingParts,
  partBytesOf,
  partCountOf,
  storedUploadSchema,
} from './uploads.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

test.each([1, 8 * MIB, 105 * MIB, 5 * GIB, 80 * GIB, 80 * GIB + 1, 5 * 1024 * GIB])(
  '%i bytes are cut into parts that S3 takes, and the parts make up the file',
  (sizeBytes) => {
    const partSizeBytes = choosePartSize(sizeBytes);
    const count = partCountOf(sizeBytes, partSizeBytes);
    expect(partSizeBytes % MIB).toBe(0);
    expect(partSizeBytes).toBeGreaterThanOrEqual(8 * MIB);
    expect(partSizeBytes).toBeLessThanOrEqual(5 * GIB);
    expect(count).toBeLessThanOrEqual(MAX_PARTS);
    const last = partBytesOf(count, sizeBytes, partSizeBytes);
    expect(last).toBeGreaterThan(0);
    expect((count - 1) * partSizeBytes + last).toBe(sizeBytes);
  },
);

test('missing is what is not there or has another size', () => {
  const file = { sizeBytes: 20, partSizeBytes: 8 };
  expect(missingParts([], file)).toEqual([1, 2, 3]);
  expect(missingParts([{ partNumber: 2, sizeBytes: 8 }], file)).toEqual([1, 3]);
  const wrong = [
    { partNumber: 1, sizeBytes: 7 },
    { partNumber: 3, sizeBytes: 4 },
    { partNumber: 4, sizeBytes: 8 },
  ];
  expect(missingParts(wrong, file)).toEqual([1, 2]);
});

test('a record without a state is a finished upload', () => {
  const record = {
    fileId: '0b7f4a52-5c1c-4c0e-9d0b-0d2f2b8f8a11',
    ownerId: 'anonymous',
    fileName: 'a.wav',
    createdAt: '2026-11-21T10:00:00.000Z',
    ttl: 1,
    location: { bucket: 'b', key: 'k', sizeBytes: 1, etag: '"e"' },
  };
  expect(storedUploadSchema.parse(record).state).toBe('complete');
});
