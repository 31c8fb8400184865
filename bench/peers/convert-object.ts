/** From S3 to S3 with ffmpeg between: the function that users of a queue library write. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { execa } from 'execa';
import type { Order } from './orders.ts';

export async function convertObject(s3: S3Client, bucket: string, { input, output }: Order): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'convert-'));
  try {
    const [source, result] = [join(dir, 'source'), join(dir, 'result.mp3')];
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: input }));
    if (!(body instanceof Readable)) throw new Error(`${input} has no body`);
    await pipeline(body, createWriteStream(source));
    await execa('ffmpeg', [
      '-nostdin',
      '-v',
      'error',
      '-y',
      '-i',
      source,
      '-c:a',
      'libmp3lame',
      '-b:a',
      '192k',
      result,
    ]);
    await s3.send(
      new PutObjectCommand({
        ...{ Bucket: bucket, Key: output, ContentType: 'audio/mpeg' },
        ...{ Body: createReadStream(result), ContentLength: (await stat(result)).size },
      }),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
