/** Trims are exact to the sample, whatever the source is. */
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from './conversion.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

/** By the FFmpeg under test: another version decodes lossy formats to other samples. */
const samplesOf = async (file: string): Promise<Buffer> => {
  const { stdout } = await execa(bench.ffmpeg, ['-v', 'error', '-i', file, '-f', 's16le', 'pipe:1'], {
    encoding: 'buffer',
  });
  return Buffer.from(stdout);
};

test.each(['wav', 'ogg', 'mp3', 'm4a', 'flac', 'wma'])(
  'a trim of %s is exact to the sample',
  async (kind) => {
    const source = await bench.make(`t.${kind}`, ['-f', 'lavfi', '-i', 'anoisesrc=r=44100:d=3:a=0.3:seed=7']);
    const whole = await samplesOf(source);
    const { file, facts } = await bench.verified(source, 'wav', {
      ...{ trimStart: 0.5, trimEnd: 1.75 },
      dither: false,
    });
    expect(facts.durationSeconds).toBeCloseTo(1.25, 4);
    // 2 bytes a sample, mono
    expect((await samplesOf(file)).equals(whole.subarray(22_050 * 2, 77_175 * 2))).toBe(true);
  },
);

test.each(['wav', 'm4a', 'mka'])(
  'a trim of %s counts its own samples when the rate changes',
  async (kind) => {
    const source = await bench.make(`r.${kind}`, ['-f', 'lavfi', '-i', 'sine=r=44100:d=3']);
    for (const format of ['opus', 'flac'] as const) {
      const options = {
        trimStart: 0.5,
        trimEnd: 2.5,
        ...(format === 'flac' ? { sampleRate: 96_000 as const } : {}),
      };
      const { facts } = await bench.verified(source, format, options);
      expect(Math.abs(facts.durationSeconds - 2), format).toBeLessThan(0.01);
    }
  },
);
