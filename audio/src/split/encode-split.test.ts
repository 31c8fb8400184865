/** What is promised of a conversion holds for one made in segments: real FFmpeg, the whole way through `encode`. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench, roomyLimits } from '../conversion.testing.ts';
import { encode } from '../encode.ts';
import type { EncodeProgress } from '../encode-options.ts';
import { planConversion } from '../plan/plan.ts';
import { probe } from '../probing/probe.ts';
import { probeOutput } from '../probing/probe-output.ts';
import type { FolderTools } from '../tools.ts';

const SECONDS = 60.0123;

let bench: Awaited<ReturnType<typeof makeBench>>;
let tagged: string;
beforeAll(async () => {
  bench = await makeBench();
  const picture = await bench.make('c.png', ['-f', 'lavfi', '-i', 'testsrc=s=64x64', '-frames:v', '1']);
  const tags = await bench.write(
    'tags.txt',
    Buffer.from(
      ';FFMETADATA1\ntitle=Whole\nartist=A;B\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=20\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1\nSTART=20\nEND=60\ntitle=Two\n',
    ),
  );
  tagged = await bench.make('tagged.flac', [
    ...[
      '-f',
      'lavfi',
      '-i',
      `anoisesrc=c=pink:r=44100:a=0.4:seed=3:d=${SECONDS},aformat=channel_layouts=stereo`,
    ],
    ...['-i', picture, '-f', 'ffmetadata', '-i', tags, '-map', '0:a', '-map', '1:v', '-map_metadata', '2'],
    ...['-sample_fmt', 's16', '-c:v', 'copy', '-disposition:v', 'attached_pic'],
  ]);
});
afterAll(() => bench.remove());

/** One result, made in two segments where `cores` are two. Answers also which lines of splitting were said. */
async function convertOn(
  cores: number,
  source: string,
  format: FormatName,
  options: ConversionOptions = {},
  { quality, change }: { quality?: Quality; change?: (tools: FolderTools) => Promise<FolderTools> } = {},
) {
  const recorded = recordedLog();
  const plain = await bench.folderWith(source);
  const probed = await probe(plain);
  const { plan } = planConversion(probed, format, quality, options);
  const tools = { ...((await change?.(plain)) ?? plain), log: recorded.log };
  const seen: EncodeProgress[] = [];
  const encoded = await encode(tools, plan, {
    output: 'out',
    input: probed.facts,
    limits: roomyLimits(plan.expectedSeconds),
    parallel: { leastSeconds: 0, idleCores: async () => cores },
    onProgress: (progress) => seen.push(progress),
  });
  const file = join(plain.cwd, encoded.fileName);
  const facts = await probeOutput(plain, { format, fileName: encoded.fileName });
  const said = recorded.said.map(({ event }) => event).filter((name) => name.startsWith('split.'));
  return { said, encoded, facts, file, seen, cwd: plain.cwd };
}

const lossy: [FormatName, Quality][] = [['mp3', '128k']];

describe.each(lossy)('%s', (format, quality) => {
  test('tags, cover, chapters and length are those of one process, and nothing is left in the folder', async () => {
    const one = await convertOn(1, tagged, format, {}, { quality });
    const two = await convertOn(2, tagged, format, {}, { quality });
    expect(one.said).toEqual([]);
    expect(two.said).toEqual(['split.joined']);
    expect(two.facts).toEqual(one.facts);
    expect(two.facts).toMatchObject({ durationSeconds: expect.closeTo(SECONDS, 3), hasCover: true });
    expect(two.encoded).toMatchObject({ damaged: false, warnings: [] });
    expect(await headOf(two.file)).toEqual(await headOf(one.file));
    expect((await readdir(two.cwd)).filter((name) => name.startsWith('segment-'))).toEqual([]);
  });

  test('progress rises to the end, and is the sum of what all of them write', async () => {
    const { seen, encoded } = await convertOn(2, tagged, format, {}, { quality });
    const seconds = seen.map(({ writtenSeconds }) => writtenSeconds);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(encoded.writtenSeconds).toBeCloseTo(SECONDS, 3);
    expect(seconds.at(-1)).toBeCloseTo(SECONDS, 1);
  });
});

test('the file’s own checksum is still held against its sound', async () => {
  const bytes = await readFile(tagged);
  // The MD5 of the sound stands at the end of the first block.
  bytes[8 + 18] = (bytes[8 + 18] ?? 0) ^ 1;
  const wrong = await bench.write('wrong.flac', bytes);
  const { said, encoded } = await convertOn(2, wrong, 'mp3');
  expect(said).toEqual(['split.joined']);
  expect(encoded.damaged).toBe(true);
});

test('damage on the way is told, wherever it is', async () => {
  const bytes = await readFile(tagged);
  bytes.fill(0x55, Math.floor(bytes.length * 0.2), Math.floor(bytes.length * 0.2) + 3_000);
  const damaged = await bench.write('damaged.flac', bytes);
  const { said, encoded } = await convertOn(2, damaged, 'mp3');
  expect(said).toEqual(['split.joined']);
  expect(encoded.damaged).toBe(true);
});

test('a trim, a fade and another rate are those of one process, to the sample', async () => {
  const options = { trimStart: 3.001, trimEnd: 55.5, fadeIn: 40, sampleRate: 48_000 } as const;
  const one = await convertOn(1, tagged, 'mp3', options);
  const two = await convertOn(2, tagged, 'mp3', options);
  expect(two.said).toEqual(['split.joined']);
  expect(two.facts).toEqual(one.facts);
});

describe('one process makes the result after all', () => {
  const failing = (words: string) => async (tools: FolderTools) => {
    const script = `#!/bin/sh\ncase "$*" in *${words}*) echo "[x @ 0x1] odd" >&2; exit 1 ;; *) exec ${bench.ffmpeg} "$@" ;; esac\n`;
    await writeFile(join(tools.cwd, 'odd.sh'), script, { mode: 0o755 });
    return { ...tools, ffmpeg: './odd.sh' };
  };

  test('when a segment fails', async () => {
    const { said, facts, seen } = await convertOn(2, tagged, 'mp3', {}, { change: failing('segment-1.') });
    expect(said).toEqual(['split.abandoned']);
    expect(facts.durationSeconds).toBeCloseTo(SECONDS, 3);
    const seconds = seen.map(({ writtenSeconds }) => writtenSeconds);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  });

  test('when the source ends before its last segment begins', async () => {
    const bytes = await readFile(tagged);
    const short = await bench.write('short.flac', bytes.subarray(0, Math.floor(bytes.length * 0.3)));
    const { said, facts } = await convertOn(2, short, 'mp3');
    expect(said).toEqual(['split.abandoned']);
    expect(facts.durationSeconds).toBeGreaterThan(10);
    expect(facts.durationSeconds).toBeLessThan(25);
  });
});

test('who gives up gives up all of them', async () => {
  const given = await bench.folderWith(tagged);
  const probed = await probe(given);
  const { plan } = planConversion(probed, 'mp3', '320k', {});
  const aborting = new AbortController();
  const reason = new Error('cancelled');
  const encoding = encode({ ...given, signal: aborting.signal }, plan, {
    output: 'out',
    input: probed.facts,
    limits: roomyLimits(plan.expectedSeconds),
    parallel: { leastSeconds: 0, idleCores: async () => 2 },
    onProgress: () => aborting.abort(reason),
  });
  await expect(encoding).rejects.toBe(reason);
  expect((await readdir(given.cwd)).filter((name) => /^segment-|^out\.mp3$/.test(name))).toEqual([]);
});

/** What stands before the sound: an ID3 tag, with the cover and the chapters in it. */
async function headOf(file: string): Promise<string> {
  const bytes = await readFile(file);
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (bytes[at] ?? 0), 0);
  return bytes.toString('latin1', 0, 10 + size);
}
