/** A request's body into a data file, hashed on the way, checked against what the client announced. */
import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { S3Fault } from './answers.ts';
import { AwsChunkedDecoder } from './aws-chunked.ts';

/** Checked when sent. Others (CRC32C, CRC64NVME) are taken without a check. */
const ALGORITHMS = ['SHA256', 'SHA1', 'CRC32'] as const;
type Algorithm = (typeof ALGORITHMS)[number];

export interface ReceivedBody {
  readonly size: number;
  /** Hex. */
  readonly md5: string;
  readonly checksum?: { readonly algorithm: Algorithm; readonly value: string };
}

/** Nothing is left at `path` when the client breaks off or the sums differ. */
export async function receiveBody(req: IncomingMessage, path: string): Promise<ReceivedBody> {
  const headers = req.headers;
  const chunked = headers['content-encoding']?.includes('aws-chunked') ? new AwsChunkedDecoder() : undefined;
  const algorithm = announcedAlgorithm(headers);
  const sums = new Sums(algorithm);
  try {
    const file = createWriteStream(path, { flags: 'wx' });
    await (chunked === undefined ? pipeline(req, sums, file) : pipeline(req, chunked, sums, file));
    const value = sums.value();
    const expected = algorithm && announcedSum({ ...headers, ...chunked?.trailers }, algorithm);
    if (expected !== undefined && expected !== value) {
      throw new S3Fault('BadDigest', `The ${algorithm} you specified did not match the data received.`, 400);
    }
    const md5 = sums.md5.digest();
    const contentMd5 = headers['content-md5'];
    if (contentMd5 !== undefined && contentMd5 !== md5.toString('base64')) {
      throw new S3Fault('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400);
    }
    const known = algorithm !== undefined && value !== undefined;
    return {
      size: sums.size,
      md5: md5.toString('hex'),
      ...(known ? { checksum: { algorithm, value } } : {}),
    };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

function announcedAlgorithm(headers: IncomingHttpHeaders): Algorithm | undefined {
  const trailer = String(headers['x-amz-trailer'] ?? '').toLowerCase();
  return ALGORITHMS.find((algorithm) => {
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
    return headers[name] !== undefined || trailer.includes(name);
  });
}

function announcedSum(headers: IncomingHttpHeaders, algorithm: Algorithm): string | undefined {
  const value = headers[`x-amz-checksum-${algorithm.toLowerCase()}`];
  return typeof value === 'string' ? value : undefined;
}

class Sums extends Transform {
  size = 0;
  readonly md5 = createHash('md5');
  readonly #hash: Hash | undefined;
  #crc: number | undefined;

  constructor(algorithm: Algorithm | undefined) {
    super();
    if (algorithm === 'CRC32') this.#crc = 0;
    else if (algorithm !== undefined) this.#hash = createHash(algorithm.toLowerCase());
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.size += chunk.length;
    this.md5.update(chunk);
    this.#hash?.update(chunk);
    if (this.#crc !== undefined) this.#crc = crc32(chunk, this.#crc);
    done(null, chunk);
  }

  value(): string | undefined {
    if (this.#crc === undefined) return this.#hash?.digest('base64');
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#crc);
    return bytes.toString('base64');
  }
}
