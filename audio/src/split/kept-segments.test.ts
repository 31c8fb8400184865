/** Segments that outlive their process: real FFmpeg, with a folder in the place of S3. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench, roomyLimits } from '../conversion.testing.ts';
import { convertSegment } from '../convert-segment.ts';
import { encode } from '../encode.ts';
import type { EncodeProgress } from '../encode-options.ts';
import { folderFiles } from '../folder-files.ts';
import type { Holes } from '../holes.ts';
import { planConversion } from '../plan/plan.ts';
import { probe } from '../probing/probe.ts';
import type { SegmentKeeper } from '../segment-keeper.ts';
import type { FolderTools } from '../tools.ts';

const SECONDS = 150.0123;

let bench: Awaited<ReturnType<typeof makeBench>>;
let whole: string;
let damaged: string;
beforeAll(async () => {
  bench = await makeBench();
  const noise = `anoisesrc=c=pink:r=44100:a=0.4:seed=3:d=${SECONDS},aformat=channel_layouts=stereo`;
  const tags = ['-metadata', 'title=Whole', '-sample_fmt', 's16'];
  whole = await bench.make('whole.wav', ['-f', 'lavfi', '-i', noise, ...tags]);
  const bytes = await readFile(await bench.make('whole.flac', ['-i', whole]));
  bytes.fill(0x55, Math.floor(bytes.length * 0.2), Math.floor(bytes.length * 0.2) + 3_000);
  damaged = await bench.write('damaged.flac', bytes);
});
afterAll(() => bench.remove());

/** Takes up what lies in `shelf`, and puts there what is made. */
function shelfKeeper(cwd: string, shelf: string): ShelfKeeper {
  const made: number[] = [];
  const keeper: ShelfKeeper = {
    made,
    plan: '',
    names: [],
    leastSeconds: SECONDS - 1,
    isWanted: async () => true,
    async gather({ plan, kept, make, brought }) {
      keeper.plan = plan;
      keeper.names = kept.map(({ name }) => name);
      const there = await readdir(shelf);
      for (const index of [...kept.keys(), kept.length]) {
        const { name, file } = kept[index] ?? {};
        if (name !== undefined && file !== undefined && there.includes(name)) {
          await copyFile(join(shelf, name), join(cwd, file));
          brought(index);
          continue;
        }
        made.push(index);
        const isFit = await make(index);
        if (isFit && name !== undefined && file !== undefined)
          await copyFile(join(cwd, file), join(shelf, name));
      }
    },
  };
  return keeper;
}

interface ShelfKeeper extends SegmentKeeper {
  readonly made: number[];
  plan: string;
  names: string[];
}

let shelves = 0;
async function freshShelf(): Promise<string> {
  shelves += 1;
  const shelf = bench.path(`shelf-${shelves}`);
  await mkdir(shelf);
  return shelf;
}

async function convertWith(
  shelf: string,
  source: string,
  format: FormatName,
  quality?: Quality,
  options = {},
) {
  const tools = await bench.folderWith(source);
  const probed = await probe(tools);
  const { plan } = planConversion(probed, format, quality, options);
  const keeper = shelfKeeper(tools.cwd, shelf);
  const seen: EncodeProgress[] = [];
  const encoded = await encode(tools, plan, {
    output: 'out',
    input: probed.facts,
    limits: roomyLimits(plan.expectedSeconds),
    parallel: { leastSeconds: 0, idleCores: async () => 1, keeper },
    onProgress: (progress) => seen.push(progress),
  });
  const sum = await sumOf(join(tools.cwd, encoded.fileName), format);
  const left = (await readdir(tools.cwd)).filter((name) => name.startsWith('segment-'));
  return { ...keeper, encoded, sum, left, seen };
}

/** Of all bytes, or where the muxer draws numbers at random, of all packets. */
async function sumOf(file: string, format: FormatName): Promise<string> {
  const isDrawn = format === 'opus' || format === 'webm';
  const packets = ['-v', 'error', '-i', file, '-map', '0:a', '-c', 'copy', '-f', 'framemd5', '-'];
  const content = isDrawn ? (await execa('ffmpeg', packets)).stdout : await readFile(file);
  return createHash('sha256').update(content).digest('hex');
}

const formats: [FormatName, Quality | undefined][] = [
  ['mp3', '192k'],
  ['mp3', 'v2'],
  ['m4a', '160k'],
  ['opus', '96k'],
  ['webm', '96k'],
  ['alac', undefined],
];

describe.each(formats)('%s %s', (format, quality) => {
  test('segments of before are taken up, and the result is the same', async () => {
    const shelf = await freshShelf();
    const first = await convertWith(shelf, whole, format, quality);
    const names = await readdir(shelf);
    expect(first.made).toEqual([...names.keys(), names.length]);
    expect(names.length).toBeGreaterThan(0);

    await rm(join(shelf, names[0] ?? ''));
    const second = await convertWith(shelf, whole, format, quality);
    expect(second.made).toHaveLength(2);
    expect(second.made.at(-1)).toBe(names.length);
    expect(second.sum).toBe(first.sum);
    expect(second.encoded).toEqual(first.encoded);
    expect(await readdir(shelf)).toEqual(names);
    expect(second.left).toEqual([]);
    const seconds = second.seen.map(({ writtenSeconds }) => writtenSeconds);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  });
});

test('what another order has made is none of it, be it another command or other tags alone', async () => {
  const shelf = await freshShelf();
  const { made } = await convertWith(shelf, whole, 'mp3', '192k');
  expect((await convertWith(shelf, whole, 'mp3', '160k')).made).toEqual(made);
  const tagged = await convertWith(shelf, whole, 'mp3', '192k', { setTags: { title: 'Other' } });
  // The first segment carries the tags.
  expect(tagged.made).toEqual([0, made.at(-1)]);
});

test('a segment in which FFmpeg met damage is not kept, and the damage is told', async () => {
  const shelf = await freshShelf();
  const { encoded } = await convertWith(shelf, damaged, 'mp3', '192k');
  expect(encoded.damaged).toBe(true);
  expect(await readdir(shelf)).toEqual([]);
});

describe('made by another worker', () => {
  /** The source with everything but its beginning and its end left out, and how it is filled. */
  async function holey(
    source: string,
    cwd: string,
  ): Promise<Holes & { filled: number; close: () => Promise<void> }> {
    const path = join(cwd, folderFiles.input);
    const all = await readFile(source);
    const file = await open(path, 'r+');
    const copy = async (from: number, to: number) => void (await file.write(all, from, to - from, from));
    await file.truncate(0);
    await file.truncate(all.length);
    await copy(0, 65_536);
    await copy(all.length - 65_536, all.length);
    const holes = {
      headBytes: 65_536,
      filled: 0,
      async fill({ from, to }: { from: number; to: number }) {
        holes.filled += to - from;
        await copy(from, to);
      },
      close: () => file.close(),
    };
    return holes;
  }

  async function helpWith(
    index: number,
    source: string,
    isHoley: boolean,
    [format, quality, options = {}]: Asked,
    plan: string,
    machine: Partial<Pick<FolderTools, 'maker'>> = {},
  ) {
    const tools = { ...(await bench.folderWith(source)), ...machine };
    const holes = isHoley ? await holey(source, tools.cwd) : undefined;
    const probed = await probe(tools);
    const limits = roomyLimits(SECONDS);
    const order = { format, quality, options };
    const asked = { plan, index, leastSeconds: SECONDS - 1, onPart: () => undefined };
    const made = await convertSegment(
      tools,
      probed,
      order,
      { output: 'out', input: probed.facts, limits, holes },
      asked,
    );
    await holes?.close();
    const bytes = made.kind === 'made' ? await readFile(join(tools.cwd, made.segment.file)) : undefined;
    return { made, bytes, filled: holes?.filled };
  }

  type Asked = [format: FormatName, quality: Quality | undefined, options?: ConversionOptions];
  const orders: Asked[] = [
    ['mp3', '192k'],
    ['mp3', 'v2', { sampleRate: 48_000, channels: 1, fadeIn: 100 }],
    ['m4a', '160k'],
    ['alac', undefined],
  ];

  test.each(orders)(
    'a segment is the same of a whole source and of one with holes: %s %s',
    async (...order) => {
      const shelf = await freshShelf();
      const [format, quality, options] = order;
      const { plan, names } = await convertWith(shelf, whole, format, quality, options);
      const { size } = await stat(whole);
      for (const [index, name] of names.entries()) {
        const kept = await readFile(join(shelf, name));
        for (const isHoley of [false, true]) {
          const { made, bytes, filled = 0 } = await helpWith(index, whole, isHoley, order, plan);
          expect(made).toMatchObject({ kind: 'made', isFit: true, segment: { name } });
          expect(bytes?.equals(kept)).toBe(true);
          expect(filled).toBeLessThan(size * 0.7);
        }
      }
    },
  );

  test('what other machines would cut otherwise is left alone', async () => {
    const { made } = await helpWith(0, whole, false, ['mp3', '192k'], 'another plan');
    expect(made).toEqual({ kind: 'different' });
  });

  test('nor is anything made for who has another build of FFmpeg, or another kind of CPU', async () => {
    const order: Asked = ['mp3', '192k'];
    const { plan } = await convertWith(await freshShelf(), whole, ...order);
    const { made } = await helpWith(0, whole, false, order, plan, { maker: 'another' });
    expect(made).toEqual({ kind: 'different' });
  });

  test('where samples do not keep their places, all of the source is asked for', async () => {
    const order: Asked = ['mp3', '192k', { trimStart: 0.5 }];
    const { plan } = await convertWith(await freshShelf(), whole, ...order);
    expect((await helpWith(0, whole, false, order, plan)).made).toMatchObject({ kind: 'made' });
    expect((await helpWith(0, whole, true, order, plan)).made).toEqual({ kind: 'whole' });
  });
});
