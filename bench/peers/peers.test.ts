/** What the tables of `bench/peers.md` are made of. */
import { expect, test } from 'vitest';
import { figureOf } from '../figures.ts';
import { peersTable } from './peers.ts';

test('a table says when and where, and each figure with its spread', () => {
  const machine = { date: '2026-11-27', cores: 2, cpu: 'a processor', ffmpegVersion: '5.1.9' };
  expect(peersTable([figureOf('peers.tiny.bullmq', 'ratio', [1.5, 1.25, 2], '')], machine)).toBe(
    [
      '2026-11-27, 2 cores of a processor, FFmpeg 5.1.9:',
      '',
      '| figure | median | unit | min–max | rounds |',
      '|---|---|---|---|---|',
      '| `peers.tiny.bullmq` | 1.5 | ratio | 1.25–2 | 3 |',
    ].join('\n'),
  );
});
