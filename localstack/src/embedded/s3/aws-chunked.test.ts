/** Bodies in the chunks that the SDK signs, however they are cut. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { AwsChunkedDecoder } from './aws-chunked.ts';

const BODY =
  '5;chunk-signature=abc\r\nhello\r\n7\r\n\r\nworld\r\n0\r\nx-amz-checksum-crc32: AAAAAA==\r\n\r\n';

test.each([1, 2, 7, 1000])('takes the framing off, cut into pieces of %i bytes', async (size) => {
  const pieces = BODY.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
  const decoder = new AwsChunkedDecoder();
  const decoded = buffer(decoder);
  await pipeline(Readable.from(pieces.map((piece) => Buffer.from(piece))), decoder);
  expect((await decoded).toString()).toBe('hello\r\nworld');
  expect(decoder.trailers).toEqual({ 'x-amz-checksum-crc32': 'AAAAAA==' });
});

test.each(['5\r\nhel', 'hello', '5\r\nhello\r\n'])('refuses %j', async (text) => {
  const decoder = new AwsChunkedDecoder().resume();
  await expect(pipeline(Readable.from([Buffer.from(text)]), decoder)).rejects.toThrow(/aws-chunked/);
});
