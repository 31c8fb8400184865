/** Damage to bytes on their way. */
import { type Readable, Transform, type Writable } from 'node:stream';

/** Passes on so many bytes, and then breaks both ends off. */
export async function cutAfter(count: number, from: Readable, to: Writable): Promise<void> {
  let left = count;
  const cut = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const rest = chunk.subarray(0, left);
      left -= rest.length;
      if (left > 0) return done(null, rest);
      to.write(rest, () => to.destroy());
      from.destroy();
    },
  });
  from.pipe(cut).pipe(to, { end: true });
  await new Promise((resolve) => to.once('close', resolve));
}

/** A copy with one bit of one byte turned over, of another one each time. */
export function flipSomewhere(bytes: Buffer): Buffer {
  const damaged = Buffer.from(bytes);
  const index = Math.floor(Math.random() * bytes.length);
  const byte = damaged[index];
  if (byte !== undefined) damaged[index] = byte ^ 1;
  return damaged;
}
