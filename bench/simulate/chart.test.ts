/** The simulation's picture: lines lie where their values are. */
import { expect, test } from 'vitest';
import { drawChart } from './chart.ts';

const line = (name: string, values: readonly number[]) => ({
  name,
  colour: '#000000',
  points: values.map((value, index) => ({ minute: index * 10, value })),
});

test('lines stay inside their panel, the highest value near its top, and the ticks are round', () => {
  const svg = drawChart({
    title: 'title',
    fromMinute: 0,
    untilMinute: 30,
    shaded: { fromMinute: 10, untilMinute: 20, name: 'burst' },
    panels: [
      { title: 'above', lines: [line('a', [0, 437, 12, 0]), line('b', [0, 0, 0, 3])] },
      { title: 'below', lines: [line('a', [0, 1, 1, 0]), line('b', [1, 1, 1, 1])] },
    ],
  });
  const lines = [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, points = '']) =>
    points.split(' ').map((pair) => pair.split(',').map(Number)),
  );
  expect(lines).toHaveLength(4);
  const [panelTop, panelBottom] = [78, 308];
  const [first = []] = lines;
  expect(first).toHaveLength(4);
  for (const [x = Number.NaN, y = Number.NaN] of first) {
    expect(x).toBeGreaterThanOrEqual(70);
    expect(x).toBeLessThanOrEqual(900);
    expect(y).toBeGreaterThanOrEqual(panelTop);
    expect(y).toBeLessThanOrEqual(panelBottom);
  }
  expect(first[0]).toEqual([70, panelBottom]);
  for (const tick of ['0', '100', '200', '300', '400', '500']) expect(svg).toContain(`>${tick}</text>`);
  expect(svg).toContain('>burst</text>');
});
