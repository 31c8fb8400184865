/** What is promised of a conversion holds for one made in segments: real FFmpeg, the whole way through `encode`. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench, roomyLimits } from '../conversion.testing.ts';
import { encode } from '../encode.ts';
import type { EncodeProgress } from '../encode-options.ts';
import { planConversion } from '../plan/plan.ts';
import { probe } from '../probing/probe.ts';
import { probeOutput } from '../results/probe-output.ts';
import type { FolderTools } from '../tools.ts';
import { music } from './seams.testing.ts';

/** Shorter ones the plan would not split: another process would save nothing. */
const SECONDS = 90.0123;
/** The same of formats that are made faster, or in segments with more that is encoded in vain. */
const MORE_SECONDS = 150.0123;

let bench: Awaited<ReturnType<typeof makeBench>>;
let tagged: string;
beforeAll(async () => {
  bench = await makeBench();
  tagged = await makeTagged(SECONDS);
});
afterAll(() => bench.remove());

/** Noise with tags, chapters and a cover. */
async function makeTagged(seconds: number): Promise<string> {
  const picture = await bench.make('c.png', ['-f', 'lavfi', '-i', 'testsrc=s=64x64', '-frames:v', '1']);
  const tags = await bench.write(
    'tags.txt',
    Buffer.from(
      ';FFMETADATA1\ntitle=Whole\nartist=A;B\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=20\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1\nSTART=20\nEND=90\ntitle=Two\n',
    ),
  );
  return await bench.make(`${seconds}.flac`, [
    ...[
      '-f',
      'lavfi',
      '-i',
      `anoisesrc=c=pink:r=44100:a=0.4:seed=3:d=${seconds},aformat=channel_layouts=stereo`,
    ],
    ...['-i', picture, '-f', 'ffmetadata', '-i', tags, '-map', '0:a', '-map', '1:v', '-map_metadata', '2'],
    ...['-sample_fmt', 's16', '-c:v', 'copy', '-disposition:v', 'attached_pic'],
  ]);
}

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
  const facts = await probeOutput(plain, { format, fileName: encoded.fileName, hasTags: true });
  const said = recorded.said.map(({ event }) => event).filter((name) => name.startsWith('split.'));
  return { said, encoded, facts, file, seen, cwd: plain.cwd };
}

const formats: [FormatName, Quality | undefined][] = [
  ['mp3', '128k'],
  ['m4a', '160k'],
  ['opus', '96k'],
  ['webm', '96k'],
  ['alac', undefined],
];

describe.each(formats)('%s', (format, quality) => {
  test('tags, cover, chapters and length are those of one process, progress is their sum, and nothing is left in the folder', async () => {
    const seconds = format === 'alac' || format === 'm4a' ? MORE_SECONDS : SECONDS;
    const source = seconds === SECONDS ? tagged : await makeTagged(seconds);
    const one = await convertOn(1, source, format, {}, quality === undefined ? {} : { quality });
    const two = await convertOn(2, source, format, {}, quality === undefined ? {} : { quality });
    expect(one.said).toEqual([]);
    expect(two.said).toEqual(['split.joined']);
    expect(two.facts).toEqual(one.facts);
    expect(two.facts).toMatchObject({
      durationSeconds: expect.closeTo(seconds, 1),
      hasCover: format !== 'webm',
    });
    expect(two.encoded).toEqual({ ...one.encoded, writtenSeconds: expect.closeTo(seconds, 1) });
    expect(await described(two.file)).toEqual(await described(one.file));
    expect((await readdir(two.cwd)).filter((name) => name.startsWith('segment-'))).toEqual([]);

    const written = two.seen.map(({ writtenSeconds }) => writtenSeconds);
    expect(written).toEqual(written.toSorted((a, b) => a - b));
    expect(two.encoded.writtenSeconds).toBeCloseTo(seconds, 2);
    expect(written.at(-1)).toBeCloseTo(seconds, 1);
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
  const options = { trimStart: 3.001, trimEnd: 85.5, fadeIn: 40, sampleRate: 48_000 } as const;
  const one = await convertOn(1, tagged, 'mp3', options);
  const two = await convertOn(2, tagged, 'mp3', options);
  expect(two.said).toEqual(['split.joined']);
  expect(two.facts).toEqual(one.facts);
});

describe('one process makes the result after all', () => {
  const failing = (words: string) => async (tools: FolderTools) => {
    const script = `case "$*" in *${words}*) echo "[x @ 0x1] odd" >&2; exit 1 ;; *) exec ${bench.ffmpeg} "$@" ;; esac`;
    return await bench.scripted(tools, script);
  };

  test('when a segment fails', async () => {
    const { said, facts, seen } = await convertOn(2, tagged, 'mp3', {}, { change: failing('segment-1.') });
    expect(said).toEqual(['split.abandoned']);
    expect(facts.durationSeconds).toBeCloseTo(SECONDS, 3);
    const seconds = seen.map(({ writtenSeconds }) => writtenSeconds);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  });

  test('when a part that is only listened to fails', async () => {
    const source = await bench.writeSound('rehearsed.wav', music(44_100, 80));
    const { said, facts } = await convertOn(2, source, 'ogg', {}, { change: failing('rehearsal-1.') });
    expect(said).toEqual(['split.unsettled']);
    expect(facts.durationSeconds).toBeCloseTo(80, 3);
    expect((await convertOn(2, source, 'ogg')).said).toEqual(['split.joined']);
  });

  test('when the source ends before its last segment begins', async () => {
    const bytes = await readFile(tagged);
    const short = await bench.write('short.flac', bytes.subarray(0, Math.floor(bytes.length * 0.3)));
    const { said, facts } = await convertOn(2, short, 'mp3');
    expect(said).toEqual(['split.abandoned']);
    expect(facts.durationSeconds).toBeGreaterThan(20);
    expect(facts.durationSeconds).toBeLessThan(36);
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

/** All that FFmpeg can tell of a file but its sound, and which encoder a copy came from: Matroska would say that. */
async function described(file: string): Promise<unknown> {
  const { stdout } = await execa('ffprobe', [
    ...['-v', 'error', '-show_format', '-show_streams', '-show_chapters', '-of', 'json', file],
  ]);
  return JSON.parse(stdout, (key, value) =>
    /^(filename|size|ENCODER|bit_rate|max_bit_rate|duration_ts)$/.test(key) ? undefined : value,
  );
}
