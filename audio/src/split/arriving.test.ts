/** A result begun while its source is still on its way, with real FFmpeg: it is as if all had been there. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench, roomyLimits } from '../conversion.testing.ts';
import { convert } from '../convert.ts';
import { folderFiles } from '../folder-files.ts';
import type { ByteRange, Holes } from '../holes.ts';
import { planConversion } from '../plan/plan.ts';
import { probe } from '../probing/probe.ts';
import { canBeginEarly, isKnownByHead } from './begins-early.ts';
import { chooseSplit } from './choose-split.ts';
import { music } from './seams.testing.ts';

const SECONDS = 300;
const HEAD_BYTES = 512 * 1024;
/** The cuts of four quarters lie before these parts of the source: a segment hears some seconds behind its end. */
const BEHIND = { first: 0.3, third: 0.8 };

let bench: Awaited<ReturnType<typeof makeBench>>;
let source: string;
let bytes: Buffer;
beforeAll(async () => {
  bench = await makeBench();
  source = await bench.writeSound('source.wav', music(44_100, SECONDS));
  bytes = await readFile(source);
});
afterAll(() => bench.remove());

/** The source in a folder with nothing but its beginning there; the rest comes when a test says so. */
async function onItsWay(cwd: string) {
  const file = await open(join(cwd, folderFiles.input), 'r+');
  await file.truncate(0);
  await file.truncate(bytes.length);
  await file.write(bytes, 0, HEAD_BYTES, 0);
  const asked: ByteRange[] = [];
  const waiting: { to: number; come: PromiseWithResolvers<void> }[] = [];
  let there = HEAD_BYTES;
  const source = {
    arrivingSeconds: 2,
    renewals: 0,
    headBytes: HEAD_BYTES,
    asked,
    async fill(range: ByteRange) {
      asked.push(range);
      const to = Math.min(range.to, bytes.length);
      if (to <= there) return;
      const come = Promise.withResolvers<void>();
      waiting.push({ to, come });
      await come.promise;
    },
    /** All up to there has come: who waits for no more is told. */
    async come(part: number) {
      const to = Math.floor(part * bytes.length);
      await file.write(bytes, HEAD_BYTES, to - HEAD_BYTES, HEAD_BYTES);
      there = to;
      for (const one of waiting) if (one.to <= to) one.come.resolve();
    },
    /** Nothing of it counts any more. */
    fail(error: unknown) {
      there = HEAD_BYTES;
      for (const { come } of waiting) come.reject(error);
    },
    close: () => file.close(),
  };
  return source;
}
type OnItsWay = Awaited<ReturnType<typeof onItsWay>>;

/** Converts on two cores, while `drive` has the source come. */
async function convertEarly(
  [format, quality, options = {}]: Asked,
  drive?: (source: OnItsWay, said: () => string[], stop: AbortController) => Promise<void>,
) {
  const { log, said } = recordedLog();
  const stop = new AbortController();
  const tools = { ...(await bench.folderWith(source)), log, signal: stop.signal };
  const holes = drive && (await onItsWay(tools.cwd));
  const probed = await probe(tools);
  const events = () => said.map(({ event }) => event);
  const seen: number[] = [];
  const converting = convert(
    tools,
    probed,
    { format, quality, options },
    {
      output: 'out',
      input: probed.facts,
      limits: { ...roomyLimits(SECONDS), outputBytes: 1e9 },
      holes,
      parallel: { leastSeconds: 0, idleCores: async () => 2 },
      onProgress: ({ writtenSeconds }) => seen.push(writtenSeconds),
    },
  );
  converting.catch(() => undefined);
  if (holes !== undefined) await drive?.(holes, events, stop);
  const converted = await converting.finally(() => holes?.close());
  const file = join(tools.cwd, converted.fileName);
  return { converted, said: events(), seen, samples: await samplesOf(file) };
}
type Asked = [format: FormatName, quality: Quality | undefined, options?: ConversionOptions];

async function samplesOf(file: string): Promise<string> {
  return (await execa('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:a', '-f', 'md5', '-'])).stdout;
}

/** Waits until so many segments wait for what they hear. */
async function untilAsked(holes: Pick<OnItsWay, 'asked'>, count: number): Promise<void> {
  await expect.poll(() => holes.asked.length, { timeout: 30_000, interval: 5 }).toBe(count);
}
const started = (events: readonly string[]) => events.filter((event) => event === 'ffmpeg.started').length;

test('the first segments are made before the rest has come, and the result is the source, sample by sample', async () => {
  const whole = await samplesOf(source);
  const { said, seen, samples } = await convertEarly(['alac', undefined], async (holes, events) => {
    await untilAsked(holes, 2);
    expect(started(events())).toBe(0);
    await holes.come(BEHIND.first);
    await expect.poll(() => started(events()), { timeout: 30_000, interval: 5 }).toBe(1);
    // The lane of the first one is free for the third, which waits.
    await untilAsked(holes, 3);
    expect(events().filter((event) => event === 'ffmpeg.ended')).toHaveLength(1);
    await holes.come(BEHIND.third);
    await untilAsked(holes, 4);
    expect(events()).not.toContain('split.joined');
    // The first two begin side by side, and ask as it comes.
    const asked = holes.asked.map(({ to }) => to);
    const inOrder = asked.toSorted((a, b) => a - b);
    expect([...asked.slice(0, 2).toSorted((a, b) => a - b), ...asked.slice(2)]).toEqual(inOrder);
    await holes.come(1);
  });
  expect(samples).toBe(whole);
  expect(said.filter((event) => event.startsWith('split.'))).toEqual(['split.joined']);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBeCloseTo(SECONDS, 1);
});

test.each<Asked>([
  ['mp3', '192k'],
  ['ogg', 'q5'],
])('%s %s %j: sounds as one that was made of a source that was there', async (...asked) => {
  const early = await convertEarly(asked, async (holes) => {
    await expect.poll(() => holes.asked.length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(0);
    for (const part of [BEHIND.first, 0.55, BEHIND.third, 1]) await holes.come(part);
  });
  const there = await convertEarly(asked);
  expect(early.said.filter((event) => event.startsWith('split.'))).toEqual(['split.joined']);
  expect(early.converted.writtenSeconds).toBeCloseTo(there.converted.writtenSeconds ?? 0, 3);
  expect(early.converted.damaged).toBe(false);
  if (asked[0] === 'ogg') expect(early.samples).toBe(there.samples);
});

describe('a source that does not come', () => {
  test('turns out to be another one at its end: what was made of it goes, and one process makes it of what came anew', async () => {
    const { said, samples } = await convertEarly(['alac', undefined], async (holes) => {
      await untilAsked(holes, 2);
      await holes.come(BEHIND.third);
      await untilAsked(holes, 4);
      // Nobody waits for what comes next when all of it is there in its right form.
      holes.renewals = 1;
      await holes.come(1);
    });
    expect(said.filter((event) => event.startsWith('split.'))).toEqual(['split.abandoned']);
    expect(samples).toBe(await samplesOf(source));
  });

  test('was replaced meanwhile: the conversion ends with that, whatever is encoded by then', async () => {
    const made = convertEarly(['mp3', '192k'], async (holes) => {
      await untilAsked(holes, 2);
      await holes.come(BEHIND.first);
      await untilAsked(holes, 3);
      holes.fail(new Failure('INPUT_CHANGED'));
    });
    await expect(made).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
  });

  test('nobody wants the result any more: who waits for the source is told at once', async () => {
    const reason = new Error('cancelled');
    const made = convertEarly(['mp3', '192k'], async (holes, _events, stop) => {
      await untilAsked(holes, 2);
      stop.abort(reason);
    });
    await expect(made).rejects.toBe(reason);
  });
});

test('segments of it are not kept: they are made before the source is known to be the right one', async () => {
  const tools = await bench.folderWith(source);
  const probed = await probe(tools);
  const { plan } = planConversion(probed, 'mp3', '192k', {});
  const keeper = { leastSeconds: 60, isWanted: async () => true, gather: async () => undefined };
  const choose = (holes: Holes | undefined) =>
    chooseSplit(plan, tools.resampler, {
      ...{ output: 'out', input: probed.facts, limits: roomyLimits(SECONDS), holes },
      parallel: { leastSeconds: 0, idleCores: async () => 2, keeper },
    });
  const fetched = { headBytes: HEAD_BYTES, fill: async () => undefined };
  const kept = [undefined, fetched, { ...fetched, arrivingSeconds: 1 }].map(
    async (holes) => (await choose(holes))?.keeping !== undefined,
  );
  expect(await Promise.all(kept)).toEqual([true, true, false]);
});

describe('what may begin early', () => {
  test.each<[name: string, codec: string[], isKnown: boolean]>([
    ['plain.wav', ['-t', '3'], true],
    ['tagged.wav', ['-t', '3', '-metadata', 'title=T'], false],
    ['deep.wav', ['-t', '3', '-c:a', 'pcm_s24le'], false],
    ['plain.flac', ['-t', '3'], false],
  ])('%s is known by its head: %#', async (name, codec, isKnown) => {
    const file = await open(await bench.make(name, ['-i', source, ...codec]));
    expect(await isKnownByHead(file).finally(() => file.close())).toBe(isKnown);
  });

  test.each<[FormatName, Quality | undefined, ConversionOptions, can: boolean]>([
    ['mp3', '192k', {}, true],
    ['ogg', 'q5', {}, true],
    // Each sample of these is made of what was long before it, or of what comes last.
    ['mp3', '192k', { loudness: { target: -16 } }, false],
    ['mp3', '192k', { fadeOut: 2 }, false],
    ['mp3', '192k', { trimStart: 1 }, false],
    ['mp3', '192k', { speed: 1.5 }, false],
    // One process makes these.
    ['flac', undefined, {}, false],
    ['mp3', '64k', {}, false],
  ])('%s %s %j: %s', async (format, quality, options, can) => {
    const tools = await bench.folderWith(source);
    const limits = { leastSeconds: 0, outputBytes: Number.POSITIVE_INFINITY };
    const order = { format, quality, options };
    expect(canBeginEarly(await probe(tools), order, tools.resampler, limits)).toBe(can);
  });
});
