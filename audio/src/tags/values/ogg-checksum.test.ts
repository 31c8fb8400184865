/** The checksum of Ogg pages is the one that FFmpeg has written. */
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { readPage } from '../../probing/ogg-page.ts';
import { setOggChecksum } from './ogg-checksum.ts';

test('pages of whatever length get the checksum that they have', async () => {
  const noise = ['-f', 'lavfi', '-i', 'anoisesrc=c=pink:r=48000:a=0.4:seed=5:d=20'];
  const args = ['-v', 'error', ...noise, '-c:a', 'libopus', '-b:a', '96k', '-f', 'ogg', '-'];
  const { stdout } = await execa('ffmpeg', args, { encoding: 'buffer' });
  let rest = Buffer.from(stdout);
  const remainders = new Set<number>();
  while (rest.length > 0) {
    const { bytes } = readPage(rest) ?? expect.fail('no page');
    rest = rest.subarray(bytes.length);
    remainders.add(bytes.length % 4);
    const blank = Buffer.from(bytes);
    blank.writeUInt32LE(1, 22);
    expect(setOggChecksum(blank).equals(bytes)).toBe(true);
  }
  expect([...remainders].sort()).toEqual([0, 1, 2, 3]);
});
