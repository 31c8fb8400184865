/** MPEG's program streams (DVDs, cameras), whose streams do not say what they are: FFmpeg looks at their first bytes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

test.each(['mpeg1video', 'mpeg2video', 'mpeg4', 'libx264', 'libx265'])(
  'pictures in %s are no second track, whichever FFmpeg reads them',
  async (codec) => {
    const film = await bench.make(`${codec}.mpg`, [
      ...['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=25:d=2', '-f', 'lavfi', '-i', 'sine=r=44100:d=2'],
      ...['-c:v', codec, '-c:a', 'mp2', '-f', 'mpeg'],
    ]);
    const { facts } = await bench.probeFile(film);
    const { warnings } = await bench.convert(film, 'wav');
    expect({ tracks: facts.tracks?.map((track) => track.codec), warnings }).toEqual({
      tracks: ['mp2'],
      warnings: [],
    });
  },
);
