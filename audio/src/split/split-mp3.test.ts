/** MP3 made in segments, with real FFmpeg: nobody can tell it from what one process makes. */
import { open, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { readXing, XingCount } from './mp3/xing.ts';
import { framesIn } from './packet-source.ts';
import { music, studySeams } from './seams.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

test('the header counted from the frames of a result is the one that FFmpeg wrote, byte for byte', async () => {
  const source = await bench.writeSound('music.wav', music(44_100, 15));
  for (const [name, codec] of [
    ['constant.mp3', ['-b:a', '128k']],
    ['variable.mp3', ['-q:a', '2']],
    ['mono.mp3', ['-ac', '1', '-ar', '22050', '-b:a', '64k']],
  ] as const) {
    const args = ['-c:a', 'libmp3lame', ...codec, '-id3v2_version', '0'];
    const file = await bench.make(name, ['-i', source, ...args]);
    const handle = await open(file);
    try {
      const frames = framesIn(handle, 'mp3');
      const first = await frames.next();
      const header = first && readXing(first);
      if (header === undefined) throw new Error('no header');
      const count = await XingCount.create(header);
      for (let frame = await frames.next(); frame !== undefined; frame = await frames.next())
        count.add(frame);
      expect((await count.header(header.padding)).equals(header.frame), name).toBe(true);
    } finally {
      await handle.close();
    }
  }
});

/** Of a length at which no segment ends with a frame. */
const SECONDS = 16.0123;
const kinds = [
  ['44.1 kHz, 192 kbit/s', 44_100, '192k', 3],
  ['48 kHz, 320 kbit/s', 48_000, '320k', 3],
  ['44.1 kHz, variable', 44_100, 'v2', 3],
  // One process makes these; they are joined all the same, by moving main data in the bit reservoir. Encodes of them differ
  // so much by themselves that a few windows say little.
  ['22.05 kHz (MPEG-2), 64 kbit/s', 22_050, '64k', 6],
] as const;

test.each(kinds)('nobody hears the seams: %s', async (name, rate, quality, segments) => {
  const source = await bench.writeSound(`${name.replaceAll('/', '-')}.wav`, music(rate, SECONDS));
  const study = await studySeams(bench, { source, format: 'mp3', quality, segments });
  const { joined, results, ...figures } = study;
  if (joined.file === undefined) throw new Error('not joined', { cause: joined.problem });
  expect(joined.seams).toHaveLength(segments - 1);
  expect(figures, JSON.stringify(figures)).toMatchObject({
    lengthDifference: 0,
    isProven: true,
    // Without warm-up there are clicks, and they are seen.
    isColdProven: false,
  });
  const { stderr } = await execa('ffmpeg', ['-v', 'error', '-i', joined.file, '-f', 'null', '-']);
  expect(stderr).toBe('');
  const [one, other] = await Promise.all([readFile(results.single), readFile(joined.file)]);
  expect(Math.abs(other.length / one.length - 1)).toBeLessThan(0.01);
});
