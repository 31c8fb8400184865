/** Whole encodes with real FFmpeg: files beside each other, progress, and links in their way. */
import { access, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench, roomyLimits } from './conversion.testing.ts';
import { encode, limitsOf } from './encode.ts';
import type { EncodeProgress } from './encode-options.ts';
import { planConversion } from './plan/plan.ts';
import { probe } from './probing/probe.ts';
import { probeOutput } from './results/probe-output.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
let source: string;
beforeAll(async () => {
  bench = await makeBench();
  const picture = await bench.make('c.png', ['-f', 'lavfi', '-i', 'testsrc=s=64x64', '-frames:v', '1']);
  source = await bench.make('source.flac', [
    ...['-f', 'lavfi', '-i', 'sine=r=44100:d=2', '-i', picture, '-map', '0:a', '-map', '1:v'],
    ...['-c:v', 'copy', '-disposition:v', 'attached_pic', '-metadata', 'title=Whole'],
  ]);
});
afterAll(() => bench.remove());

test('two encodes run in one folder at the same time, each with its own tags, cover and length', async () => {
  const tools = await bench.folderWith(source);
  const probed = await probe(tools);
  const whole = planConversion(probed, 'mp3', undefined, {}).plan;
  const part = planConversion(probed, 'mp3', '96k', { trimEnd: 0.5, tags: false, cover: false }).plan;
  const encoded = await Promise.all([
    encode(tools, whole, { output: 'out', input: probed.facts, limits: roomyLimits(whole.expectedSeconds) }),
    encode(tools, part, {
      output: 'preview-result',
      input: probed.facts,
      limits: roomyLimits(part.expectedSeconds),
      threads: 1,
    }),
  ]);
  expect(encoded.map(({ fileName }) => fileName)).toEqual(['out.mp3', 'preview-result.mp3']);
  const facts = [];
  for (const { fileName } of encoded)
    facts.push(await probeOutput(tools, { format: 'mp3', fileName, hasTags: true }));
  expect(facts).toMatchObject([
    { durationSeconds: 2, hasCover: true, tags: { title: 'Whole' } },
    { durationSeconds: 0.5, hasCover: false, tags: {} },
  ]);
});

test('a result is no larger than its format can say', () => {
  const limits = { ...roomyLimits(1), outputBytes: 2 ** 40 };
  expect(limitsOf('aiff', limits)).toEqual({ ...limits, outputBytes: 2 ** 32 - 1 });
  expect(limitsOf('wav', limits)).toEqual(limits);
});

test('progress tells the seconds that are written, up to the end', async () => {
  const tools = await bench.folderWith(source);
  const probed = await probe(tools);
  const { plan } = planConversion(probed, 'opus', undefined, {});
  const seen: EncodeProgress[] = [];
  const encoded = await encode(tools, plan, {
    output: 'out',
    input: probed.facts,
    limits: roomyLimits(plan.expectedSeconds),
    onProgress: (progress) => seen.push(progress),
  });
  expect(encoded).toMatchObject({ fileName: 'out.opus', damaged: false, warnings: [] });
  expect(seen.at(-1)?.writtenSeconds).toBe(encoded.writtenSeconds);
  expect(seen.at(-1)?.writtenSeconds).toBeCloseTo(2, 1);
});

test.each(['out.tags.txt', 'out.carrier.flac'])('a link in the place of %s is not followed', async (name) => {
  const tools = await bench.folderWith(source);
  const probed = await probe(tools);
  const { plan } = planConversion(probed, 'mp3', undefined, {});
  const victim = bench.path(`victim-of-${name}`);
  await writeFile(victim, 'untouched');
  await symlink(victim, join(tools.cwd, name));
  const encoding = encode(tools, plan, {
    output: 'out',
    input: probed.facts,
    limits: roomyLimits(plan.expectedSeconds),
  });
  await expect(encoding).rejects.toMatchObject({ code: 'CONVERSION_FAILED' });
  expect(await readFile(victim, 'utf8')).toBe('untouched');
  await expect(access(join(tools.cwd, 'out.mp3'))).rejects.toThrow();
});

test.each(['mp3', 'flac', 'wav', 'm4a', 'ogg'] as const)(
  'a disk that has no room for the last of a result in %s is DISK_FULL, though FFmpeg 5.1 answers 0',
  async (format) => {
    const inFolder = await bench.folderWith(source);
    const probed = await probe(inFolder);
    const { plan } = planConversion(probed, format, undefined, { cover: false });
    const full = `case "$*" in *-progress*) ln -s /dev/full out.${format};; esac; exec ffmpeg "$@"`;
    const encoding = encode(await bench.scripted(inFolder, full), plan, {
      output: 'out',
      input: probed.facts,
      limits: roomyLimits(plan.expectedSeconds),
    });
    await expect(encoding).rejects.toMatchObject({ code: 'DISK_FULL' });
  },
);
