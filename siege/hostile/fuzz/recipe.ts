/** A changed file as it is written down: the seed, and each change. What is written down can be made again. */
import { setOggChecksum } from '@wavefleet/audio/tags/values/ogg-checksum.ts';
import { z } from 'zod';
import { pageStarts } from '../craft/ogg.ts';
import { type Seeds, seedNames } from '../craft/seeds.ts';

const place = z.int().nonnegative();
const changeSchema = z.discriminatedUnion('kind', [
  /** Bytes in place of those that are there. */
  z.strictObject({ kind: z.literal('set'), at: place, hex: z.string() }),
  z.strictObject({ kind: z.literal('insert'), at: place, hex: z.string() }),
  z.strictObject({ kind: z.literal('remove'), at: place, length: place }),
  z.strictObject({ kind: z.literal('repeat'), at: place, length: place, times: z.int().min(1).max(64) }),
  z.strictObject({ kind: z.literal('cut'), at: place }),
]);
/** One change; places are those of the file as the changes before have left it. */
export type Change = z.infer<typeof changeSchema>;

export const recipeSchema = z.strictObject({
  seed: z.enum(seedNames),
  changes: z.array(changeSchema),
});
/** See the schema. */
export type Recipe = z.infer<typeof recipeSchema>;

/** The file. Ogg pages get right checksums: FFmpeg would pass over others. */
export function madeOf({ seed, changes }: Recipe, seeds: Seeds): Buffer {
  const file = changes.reduce(changed, Buffer.from(seeds(seed)));
  return file.toString('latin1', 0, 4) === 'OggS' ? withChecksums(file) : file;
}

function changed(file: Buffer, change: Change): Buffer {
  const at = Math.min(change.at, file.length);
  switch (change.kind) {
    case 'set': {
      const bytes = Buffer.from(change.hex, 'hex');
      return Buffer.concat([file.subarray(0, at), bytes, file.subarray(at + bytes.length)]);
    }
    case 'insert':
      return Buffer.concat([file.subarray(0, at), Buffer.from(change.hex, 'hex'), file.subarray(at)]);
    case 'remove':
      return Buffer.concat([file.subarray(0, at), file.subarray(at + change.length)]);
    case 'repeat': {
      const piece = file.subarray(at, at + change.length);
      return Buffer.concat([
        file.subarray(0, at),
        ...Array<Buffer>(change.times).fill(piece),
        file.subarray(at),
      ]);
    }
    case 'cut':
      return file.subarray(0, at);
  }
}

function withChecksums(file: Buffer): Buffer {
  const starts = pageStarts(file);
  starts.forEach((start, index) => {
    const page = file.subarray(start, starts[index + 1] ?? file.length);
    if (page.length >= 27) setOggChecksum(page);
  });
  return file;
}
