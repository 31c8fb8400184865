/** Takes `Content-Encoding: aws-chunked` off a body: what the AWS CLI and SDKs send when they sign while streaming. */
import { Transform, type TransformCallback } from 'node:stream';

/** A chunk's head line is a hex size and at most one signature. */
const HEAD_LIMIT_BYTES = 16_384;

/**
 * `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n … 0\r\n<trailer: value>\r\n …`. Trailers, which carry the
 * checksum of the whole, are in `trailers` once the stream has ended.
 */
export class AwsChunkedDecoder extends Transform {
  readonly trailers: Record<string, string> = {};
  #head = Buffer.alloc(0);
  #state: 'head' | 'data' | 'after-data' | 'trailers' = 'head';
  #left = 0;

  override _transform(input: Buffer, _encoding: string, done: TransformCallback): void {
    try {
      let rest: Buffer | undefined = input;
      while (rest !== undefined && rest.length > 0) rest = this.#step(rest);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  override _flush(done: TransformCallback): void {
    done(this.#state === 'trailers' ? null : new Error('The aws-chunked body ended early'));
  }

  #step(input: Buffer): Buffer | undefined {
    if (this.#state === 'data') {
      const piece = input.subarray(0, this.#left);
      this.#left -= piece.length;
      this.push(piece);
      if (this.#left === 0) this.#state = 'after-data';
      return input.subarray(piece.length);
    }
    const text = Buffer.concat([this.#head, input]);
    const end = text.indexOf('\r\n');
    if (end === -1) {
      if (text.length > HEAD_LIMIT_BYTES) throw new Error('Not an aws-chunked body');
      this.#head = text;
      return undefined;
    }
    this.#head = Buffer.alloc(0);
    this.#line(text.toString('latin1', 0, end));
    return text.subarray(end + 2);
  }

  #line(line: string): void {
    if (this.#state === 'after-data') {
      this.#state = 'head';
    } else if (this.#state === 'head') {
      const size = /^([\da-f]{1,12})(?:;|$)/i.exec(line)?.[1];
      if (size === undefined) throw new Error('Not an aws-chunked body');
      this.#left = Number.parseInt(size, 16);
      this.#state = this.#left === 0 ? 'trailers' : 'data';
    } else {
      const colon = line.indexOf(':');
      if (colon > 0) this.trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
  }
}
