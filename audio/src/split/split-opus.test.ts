/** Opus made in segments, with real FFmpeg. */
import { open, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';
import { openOgg } from './ogg/ogg-packets.ts';
import { PageWriter } from './ogg/page-writer.ts';
import { music, studySeams } from './seams.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

test.each([
  ['64k', 20],
  // Packets that reach from one page into the next.
  ['500k', 60],
] as const)(
  'packets are laid over pages as FFmpeg does it, byte for byte: %s, %i ms',
  async (bitrate, ms) => {
    const codec = ['-c:a', 'libopus', '-b:a', bitrate, '-frame_duration', String(ms)];
    const source = await bench.writeSound('pages.wav', music(48_000, 12.0123));
    const file = await bench.make('pages.opus', ['-i', source, ...codec]);
    const whole = await readFile(file);
    const handle = await open(file);
    try {
      const { header, packets } = await openOgg(handle, 2);
      const written: Buffer[] = header.pages.map(({ bytes }) => bytes);
      const pages = new PageWriter({
        write: async (page) => void written.push(page),
        serial: header.serial,
        number: header.pages.length,
        startGranule: -(header.packets[0]?.readUInt16LE(10) ?? 0),
        pageGranules: 48_000,
      });
      const all: Buffer[] = [];
      for (let packet = await packets.next(); packet !== undefined; packet = await packets.next())
        all.push(packet);
      for (const [index, packet] of all.entries()) {
        await pages.add(packet, index === all.length - 1 ? packets.lastGranule : (index + 1) * 48 * ms);
      }
      await pages.end();
      expect(Buffer.concat(written).equals(whole)).toBe(true);
    } finally {
      await handle.close();
    }
  },
);

test.each([
  ['44.1 kHz, 128 kbit/s', 44_100, 2, '128k'],
  ['48 kHz, 64 kbit/s', 48_000, 2, '64k'],
  ['48 kHz, 5.1, 256 kbit/s', 48_000, 6, '256k'],
] as const)('nobody hears the seams: %s', async (name, rate, channels, quality) => {
  const source = await bench.writeSound(`${name.replaceAll('/', '-')}.wav`, music(rate, 16.0123, channels));
  const study = await studySeams(bench, { source, format: 'opus', quality, segments: 3 });
  const { joined, results: _results, ...figures } = study;
  if (joined.file === undefined) throw new Error('not joined', { cause: joined.problem });
  expect(figures, JSON.stringify(figures)).toMatchObject({
    lengthDifference: 0,
    isProven: true,
    isColdProven: false,
  });
  const { stderr } = await execa('ffmpeg', ['-v', 'error', '-i', joined.file, '-f', 'null', '-']);
  expect(stderr).toBe('');
});
