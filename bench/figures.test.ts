/** Figures of an earlier run are found in all that it has printed. */
import { expect, test, vi } from 'vitest';
import { figureOf, printFigures, printLines, readFigures } from './figures.ts';

test('what one run prints, another one is compared with', () => {
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  try {
    printLines([figureOf('tiny.system', 'ratio', [0.5, 0.4, 0.9], 'of a loop', 'work')]);
    const former = readFigures(['bench tiny…', ...lines, '{"cut', '{"other":1}'].join('\n'));
    expect(former).toEqual([figureOf('tiny.system', 'ratio', [0.5, 0.4, 0.9], 'of a loop', 'work')]);

    lines.length = 0;
    const figures = [figureOf('tiny.system', 'ratio', [0.6], ''), figureOf('calls', 'calls', [20], '')];
    printFigures(figures, former);
    const cells = lines[0]?.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(cells?.filter(([name]) => name === 'tiny.system' || name === 'calls')).toEqual([
      ['tiny.system', '0.6', 'ratio', '0.6', '0.6', '1', '0.5', '1.2'],
      ['calls', '20', 'calls', '20', '20', '1'],
    ]);
  } finally {
    print.mockRestore();
  }
});

test('of several runs one after the other, the last one counts', () => {
  const printed = [[0.5], [0.7]].map((values) => JSON.stringify(figureOf('a', 'ratio', values, '')));
  expect(readFigures(printed.join('\n')).map(({ value }) => value)).toEqual([0.7]);
});
