/** Progress, cut into chunks anywhere. */
import { expect, test } from 'vitest';
import { makeProgressParser, type ProgressBlock } from './progress-parser.ts';

const text =
  'bitrate=N/A\ntotal_size=N/A\nout_time_us=N/A\nout_time_ms=N/A\nspeed=N/A\nprogress=continue\n' +
  'bitrate= 130.6kbits/s\ntotal_size=32853\nout_time_us=2012494\nout_time_ms=2012494\nspeed= 137x\nprogress=end\n';
const blocks: ProgressBlock[] = [
  { outTimeSeconds: null, speed: null, totalSizeBytes: null, done: false },
  { outTimeSeconds: 2.012494, speed: 137, totalSizeBytes: 32_853, done: true },
];

test.each([1, 2, 7, 64, 10_000])('chunks of %i characters', (size) => {
  const seen: ProgressBlock[] = [];
  const parse = makeProgressParser((block) => seen.push(block));
  for (let at = 0; at < text.length; at += size) parse(text.slice(at, at + size));
  expect(seen).toEqual(blocks);
});

test('nonsense gives no block and no growth', () => {
  const seen: ProgressBlock[] = [];
  const parse = makeProgressParser((block) => seen.push(block));
  for (let round = 0; round < 1_000; round += 1) parse('x'.repeat(10_000));
  parse('\nout_time_us=-5\nprogress=continue\n');
  expect(seen).toEqual([{ outTimeSeconds: null, speed: null, totalSizeBytes: null, done: false }]);
});
