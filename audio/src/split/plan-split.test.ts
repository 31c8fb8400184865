/** Whether a result is made in segments is decided by facts alone. */
import type { Quality } from '@wavefleet/contracts/request.ts';
import { expect, test } from 'vitest';
import { planConversion } from '../plan/plan.ts';
import type { ProbedSource } from '../probing/source.ts';
import { planKept, planSplit, type SplitFacts } from './plan-split.ts';

const source = (durationSeconds: number | null, slack = 0.05): ProbedSource => ({
  facts: {
    ...{ container: 'wav', codec: 'pcm_s16le', durationSeconds, sampleRate: 44_100, channels: 2 },
    ...{ bitDepth: 16, streams: 1, hasCover: false, tags: {}, tracks: [] },
  },
  audioStream: 0,
  lateSeconds: 0,
  layout: 'stereo',
  durationSlackSeconds: slack,
  pictureStream: undefined,
  language: undefined,
  chapters: [],
});

const facts = (seconds: number | null, more: Partial<SplitFacts> = {}, slack?: number): SplitFacts => ({
  plan: planConversion(source(seconds, slack), 'mp3', '192k', {}).plan,
  sourceCodec: 'pcm_s16le',
  idleCores: 2,
  leastSeconds: 2,
  outputBytes: 4e9,
  ...more,
});

const segmentsOf = (of: SplitFacts): number => planSplit(of)?.takeOvers.length ?? 1;

test('ten minutes take as many segments as there are idle cores', () => {
  expect([1, 2, 3, 4, 8].map((idleCores) => segmentsOf(facts(600, { idleCores })))).toEqual([1, 2, 3, 4, 8]);
});

test('many cores are used only as far as each saves something', () => {
  const many = segmentsOf(facts(600, { idleCores: 64 }));
  expect(many).toBeGreaterThan(4);
  expect(many).toBeLessThanOrEqual(16);
});

test('segments that read nothing of what is before them are of one length', () => {
  const { plan } = planConversion(source(600), 'opus', '128k', {});
  const lengths = (skips: boolean) => {
    const cuts = planSplit(facts(600, { plan, skips }))?.takeOvers ?? [];
    return cuts.map((cut) => Math.round((cut * 960) / 48_000));
  };
  expect(lengths(true)).toEqual([0, 300]);
  // What the second one decodes and resamples in vain, it does not encode.
  expect(lengths(false)).toEqual([0, 325]);
});

test('a source that is still on its way is made in two segments a core, and who begins later has less to do', () => {
  const { plan } = facts(600);
  const of = (more: Partial<SplitFacts>) =>
    planSplit(facts(600, { skips: true, arrivingSeconds: 1.2, ...more }));
  const cuts = of({});
  expect(cuts?.lanes).toBe(2);
  const seconds = cuts?.takeOvers.map((cut) => Math.round((cut * cuts.frameSamples) / plan.sampleRate));
  // A quarter takes 1.5 s to encode and 0.3 to come: the second core begins 0.3 s later, and ends with the first.
  expect(seconds).toEqual([0, 150, 300, 465]);
  expect(of({ idleCores: 4 })?.takeOvers).toHaveLength(8);
  // However long it takes to come, none of them is left without a part.
  const slow = of({ arrivingSeconds: 600 })?.takeOvers ?? [];
  expect(slow.every((cut, index) => cut > (slow[index - 1] ?? -1))).toBe(true);
  // Segments that hear all that is before them, and parts that are made sooner than a process starts.
  expect(of({ skips: false })?.takeOvers).toHaveLength(2);
  const short = { skips: true, arrivingSeconds: 0.4, leastSeconds: 0 };
  expect([90, 70].map((length) => segmentsOf(facts(length, short)))).toEqual([4, 2]);
  const { plan: vorbis } = planConversion(source(600), 'ogg', undefined, {});
  expect(of({ plan: vorbis })?.takeOvers).toHaveLength(2);
  // AAC hears so much around each segment that more of them pay for a source that takes longer to come.
  const { plan: aac } = planConversion(source(600), 'm4a', '192k', {});
  const parts = [0.7, 4].map((arrivingSeconds) => of({ plan: aac, arrivingSeconds })?.takeOvers.length);
  expect(parts).toEqual([2, 4]);
});

test('what one process has soon done is done by one process', () => {
  expect(segmentsOf(facts(180))).toBe(1);
  expect(segmentsOf(facts(180, { leastSeconds: 1 }))).toBe(2);
  expect(segmentsOf(facts(3, { leastSeconds: 0 }))).toBe(1);
});

test('where nobody knows how long it lasts, or what a format’s seams sound like, there is one process', () => {
  expect(segmentsOf(facts(null))).toBe(1);
  const { plan } = planConversion(source(6_000), 'flac', undefined, {});
  expect(segmentsOf(facts(6_000, { plan }))).toBe(1);
});

test('where seams are looked for in the sound, there is one process unless a segment’s reads its own part alone', () => {
  const { plan } = planConversion(source(600), 'ogg', undefined, {});
  expect([true, false].map((skips) => segmentsOf(facts(600, { plan, skips })))).toEqual([2, 1]);
});

test('what was heard at seams is made by one process', () => {
  const split = (format: 'mp3' | 'opus' | 'm4a', quality: Quality, rate = 44_100) => {
    const of = source(6_000);
    const { plan } = planConversion({ ...of, facts: { ...of.facts, sampleRate: rate } }, format, quality, {});
    return segmentsOf(facts(6_000, { plan })) > 1;
  };
  expect([
    split('mp3', '128k'),
    split('mp3', 'v5'),
    split('opus', '64k'),
    split('m4a', '160k'),
    split('m4a', '256k', 48_000),
  ]).toEqual([true, true, true, true, true]);
  expect([
    split('mp3', '96k'),
    split('mp3', 'v9'),
    split('mp3', '128k', 24_000),
    split('opus', '48k'),
    split('m4a', '128k'),
    split('m4a', '160k', 32_000),
    split('m4a', '320k'),
  ]).toEqual([false, false, false, false, false, false, false]);
  const mono = planConversion(source(6_000), 'm4a', '96k', { channels: 1 });
  expect(segmentsOf(facts(6_000, mono))).toBe(1);
});

test('no segment is shorter than twice what it is encoded in vain, so short sounds are never cut', () => {
  const cuts = (['mp3', 'aac', 'm4a', 'm4b', 'opus', 'webm', 'alac', 'ogg'] as const).flatMap((format) =>
    [0.001, 0.5, 1, 3, 10, 30, 60, 120, 600, 36_000].map((seconds) => {
      const { plan } = planConversion(source(seconds), format, undefined, {});
      const split = planSplit(
        facts(seconds, { plan, leastSeconds: 0, idleCores: 8, skips: format === 'ogg' }),
      );
      return { format, seconds, plan, split };
    }),
  );
  expect(cuts.filter(({ split }) => split !== undefined).length).toBeGreaterThan(16);
  for (const { format, seconds, plan, split } of cuts) {
    if (split === undefined) continue;
    const ends = [...split.takeOvers.slice(1), (seconds * plan.sampleRate) / split.frameSamples];
    const shortest = Math.min(...ends.map((end, index) => end - (split.takeOvers[index] ?? 0)));
    // Later ones are shorter than the mean: they decode more.
    expect(shortest, `${format}, ${seconds} s`).toBeGreaterThan(2 * (split.warmUp + split.lookAhead));
  }
});

test('what is only estimated is not cut finely', () => {
  expect(segmentsOf(facts(600, { idleCores: 8 }, Number.POSITIVE_INFINITY))).toBe(2);
});

test('segments have to fit on the disk beside the result', () => {
  expect(segmentsOf(facts(600, { outputBytes: 100e6 }))).toBe(2);
  expect(segmentsOf(facts(600, { outputBytes: 20e6 }))).toBe(1);
});

test('a limiter works on all of the sound before each segment: then few segments are worth it', () => {
  const { plan } = facts(600);
  const limited = {
    ...plan,
    levels: { ...plan.levels, found: { gain: { db: 3, limitDbtp: -1, cutDb: 0 } } },
  };
  expect(segmentsOf(facts(600, { plan: limited, idleCores: 8 }))).toBe(2);
});

test('all segments end at about the same time, though later ones decode more', () => {
  const split = planSplit(facts(3_600, { idleCores: 4, sourceCodec: 'flac' }));
  const ends = [...(split?.takeOvers.slice(1) ?? []), (3_600 * 44_100) / 1152];
  // An hour takes 4.2 s to decode and 36 s to encode.
  const times = ends.map((end, index) => end * 4.2 + (end - (split?.takeOvers[index] ?? 0)) * 36);
  expect(Math.max(...times) / Math.min(...times)).toBeLessThan(1.001);
});

const keptOf = (of: SplitFacts, least = 7_200): number => planKept(of, least)?.takeOvers.length ?? 1;

test('segments of very long results are kept, and there are more of them the longer it is', () => {
  const hour = 3_600;
  const many = { outputBytes: 40e9 };
  expect([1.9, 2, 4, 10, 40].map((hours) => keptOf(facts(hours * hour, many)))).toEqual([1, 8, 16, 23, 23]);
});

test('they are cut in the same places whatever the machine does', () => {
  const cuts = [1, 2, 16].map((idleCores) => planKept(facts(20_000, { idleCores }), 7_200)?.takeOvers);
  expect(new Set(cuts.map((each) => JSON.stringify(each))).size).toBe(1);
});

test('where each of them decodes much in vain, there are fewer, and all cost a fifth more at most', () => {
  const split = planKept(facts(36_000, { sourceCodec: 'mp3', outputBytes: 40e9 }), 7_200);
  const ends = [...(split?.takeOvers.slice(1) ?? []), (36_000 * 44_100) / 1152];
  const times = ends.map((end, index) => end * 4.2 + (end - (split?.takeOvers[index] ?? 0)) * 36);
  const effort = times.reduce((sum, time) => sum + time, 0) / ((ends.at(-1) ?? 0) * 40.2);
  expect(ends).toHaveLength(4);
  expect(effort).toBeGreaterThan(1);
  expect(effort).toBeLessThanOrEqual(1.2);
});

test('nothing is kept of what is not proven, or lasts nobody knows how long', () => {
  const long = source(36_000);
  const plans = {
    flac: planConversion(long, 'flac', undefined, {}),
    ogg: planConversion(long, 'ogg', undefined, {}),
  };
  for (const { plan } of Object.values(plans))
    expect(keptOf(facts(36_000, { plan, outputBytes: 40e9 }))).toBe(1);
  expect(keptOf(facts(null))).toBe(1);
  expect(keptOf(facts(36_000, {}, Number.POSITIVE_INFINITY))).toBe(1);
});
