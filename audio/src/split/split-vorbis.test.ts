/** Vorbis made in segments, with real FFmpeg. */
import { open, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { openOgg } from './ogg/ogg-packets.ts';
import { PageWriter } from './ogg/page-writer.ts';
import { VorbisPackets } from './ogg/vorbis-packets.ts';
import { music, resultsOf, studySeams } from './seams.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

test.each([
  ['q4', 44_100],
  ['q10', 48_000],
  // Blocks of one size only.
  ['q2', 8_000],
] as const)(
  'packets are counted, and laid over pages, as FFmpeg does it, byte for byte: %s, %i Hz',
  async (quality, rate) => {
    const codec = ['-c:a', 'libvorbis', '-q:a', quality.slice(1)];
    const file = await bench.make('pages.ogg', [...music(rate, 12.0123), ...codec]);
    const whole = await readFile(file);
    const handle = await open(file);
    try {
      const opened = await openOgg(handle, 3);
      const { header } = opened;
      const stream = new VorbisPackets(opened, 0);
      const written: Buffer[] = header.pages.map(({ bytes }) => bytes);
      const pages = new PageWriter({
        write: async (page) => void written.push(page),
        serial: header.serial,
        number: header.pages.length,
        startGranule: stream.startGranule,
        pageGranules: rate,
      });
      const all = [];
      for (let packet = await stream.next(); packet !== undefined; packet = await stream.next())
        all.push(packet);
      for (const [index, { bytes, end }] of all.entries()) {
        await pages.add(bytes, index === all.length - 1 ? stream.endOfSound : end);
      }
      await pages.end();
      expect(Buffer.concat(written).equals(whole)).toBe(true);
    } finally {
      await handle.close();
    }
  },
);

test('nobody hears the seams', async () => {
  const source = await bench.make('music.wav', music(44_100, 60.0123));
  const study = await studySeams(bench, { source, format: 'ogg', quality: 'q5', segments: 3 });
  const { joined, results: _results, ...figures } = study;
  if (joined.file === undefined) throw new Error('not joined', { cause: joined.problem });
  expect(joined.seams).toHaveLength(2);
  expect(figures, JSON.stringify(figures)).toMatchObject({
    lengthDifference: 0,
    isProven: true,
    isColdProven: false,
  });
  const { stderr } = await execa('ffmpeg', ['-v', 'error', '-i', joined.file, '-f', 'null', '-']);
  expect(stderr).toBe('');
});

test('where blocks never come to lie at the same places, one process makes the result', async () => {
  // One attack moves the blocks of a stream that heard it; after that there is nothing but a tone.
  const sound = "'0.4*sin(2*PI*440*t)+0.5*between(t\\,2.013\\,2.02)*(random(0)-0.5)':s=44100:d=50:c=mono";
  const source = await bench.make('tone.wav', ['-f', 'lavfi', '-i', `aevalsrc=${sound}`]);
  const results = await resultsOf(bench, { source, format: 'ogg', quality: 'q5', segments: 2 });
  const { file, problem } = await results.join();
  expect(file).toBeUndefined();
  expect(problem).toEqual(new Error('segment 1 has no packets of the one before it'));
});
