/** The bench's picture: bars and whiskers lie where their ratios are, in both themes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawRatios } from './chart.ts';
import { figureOf, readFigures } from './figures.ts';

const numbers = (text: string) => [...text.matchAll(/-?\d+(\.\d+)?/g)].map(([number]) => Number(number));

test('a bar ends at its median, its whisker reaches from minimum to maximum, and the line stands at 1', () => {
  const svg = drawRatios([
    figureOf('long.mp3', 'ratio', [0.5, 0.6, 1], 'of bare ffmpeg', 'time'),
    figureOf('long.flac', 'ratio', [2], 'of bare ffmpeg', 'time'),
    figureOf('api.cpu', 'CPU-ms', [12], 'of one job'),
  ]);
  const bars = [...svg.matchAll(/<rect class="bar" x="190" y="\d+" width="([\d.]+)"/g)].map(([, w]) =>
    Number(w),
  );
  // The widest ratio, 2, takes all 500 pixels.
  expect(bars).toEqual([150, 500]);
  const [whisker = '', widest = ''] = [...svg.matchAll(/ d="([^"]+)"/g)].map(([, path]) => path);
  expect(numbers(whisker).filter((_, index) => index === 0 || index === 2)).toEqual([315, 440]);
  expect(numbers(widest).filter((_, index) => index === 0 || index === 2)).toEqual([690, 690]);
  expect(/class="one" x1="([\d.]+)"/.exec(svg)?.[1]).toBe('440');
  expect(svg).toContain('>long.mp3</text>');
  expect(svg).not.toContain('api.cpu');
});

test('groups say which way is better, and stand below each other', () => {
  const svg = drawRatios([
    figureOf('tiny.system', 'ratio', [0.6], '', 'work'),
    figureOf('peers.tiny.bullmq', 'ratio', [1.2], '', 'peers'),
    figureOf('long.mp3', 'ratio', [0.6], '', 'time'),
  ]);
  const heads = [...svg.matchAll(/y="(\d+)" font-weight="600">([^<]+)/g)].map(([, y, title]) => [
    Number(y),
    title,
  ]);
  expect(heads.map(([, title]) => /\w+ is better/.exec(String(title))?.[0])).toEqual([
    'less is better',
    'more is better',
    'less is better',
  ]);
  expect(heads.map(([y]) => y)).toEqual([26, 110, 194]);
  expect(numbers(/viewBox="([^"]+)"/.exec(svg)?.[1] ?? '')).toEqual([0, 0, 760, 260]);
});

test('every colour of the light theme has its own in the dark one', () => {
  const [, light = '', dark = ''] =
    /<style>\n(.*)\n@media \(prefers-color-scheme: dark\){(.*)}\n<\/style>/.exec(
      drawRatios([figureOf('a<b', 'ratio', [1], '', 'work')]),
    ) ?? [];
  const colours = (css: string) =>
    new Map([...css.matchAll(/\.(\w+){\w+:(#\w+)}/g)].map(([, name, colour]) => [name, colour]));
  expect([...colours(dark).keys()]).toEqual([...colours(light).keys()]);
  expect(colours(light).size).toBe(6);
  for (const [name, colour] of colours(light)) expect(colours(dark).get(name)).not.toBe(colour);
});

test('names are text, and nothing to draw is said', () => {
  expect(drawRatios([figureOf('a<b', 'ratio', [1], '', 'work')])).toContain('>a&lt;b</text>');
  expect(() => drawRatios([figureOf('calls', 'calls', [19], '')])).toThrow('no ratio to draw');
});

test('the picture beside the README is drawn of the figures beside it', async () => {
  const [figures, picture] = await Promise.all(
    ['results.jsonl', 'results.svg'].map((name) => readFile(join(import.meta.dirname, name), 'utf8')),
  );
  expect(drawRatios(readFigures(figures ?? ''))).toBe(picture);
});
