import { Transform, type TransformCallback } from 'node:stream';
import { Failure } from '@wavefleet/contracts/failure.ts';

/** Passes bytes on and counts them; beyond the limit it breaks off, so that nothing larger is ever stored. */
export class ByteMeter extends Transform {
  readonly #limitBytes: number;
  bytes = 0;

  constructor(limitBytes: number) {
    super();
    this.#limitBytes = limitBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#limitBytes) done(uploadTooLarge(this.#limitBytes));
    else done(null, chunk);
  }
}

export function uploadTooLarge(limitBytes: number): Failure {
  return new Failure('UPLOAD_TOO_LARGE', { detail: { limitBytes } });
}
