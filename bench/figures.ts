/** What the bench says: a table for people and one JSON line per figure for machines. */

import { table } from '@wavefleet/localstack/demo/table.ts';
import { parseJson } from '@wavefleet/platform/parse-json.ts';
import { z } from 'zod';

const units = ['ratio', 's', 'ms', 'CPU-ms', 'MB', '1/s', '1/CPU-s', 'units', 'calls', '$'] as const;

/** The group of the chart that shows a ratio: what it is a part of, and which way is better. */
const groups = ['time', 'work', 'peers'] as const;
export type Group = (typeof groups)[number];

export interface Figure {
  /** `area.case`, stable across versions. */
  readonly figure: string;
  /** The median. */
  readonly value: number;
  readonly unit: (typeof units)[number];
  readonly min: number;
  readonly max: number;
  readonly n: number;
  /** What it is a ratio of, or how it was measured. */
  readonly basis: string;
  /** Absent: the chart does not show it. */
  readonly group?: Group | undefined;
}

/**
 * @param values one per round; the figure is their median.
 * @param group where the chart shows it. Default: nowhere.
 */
export function figureOf(
  figure: string,
  unit: Figure['unit'],
  values: readonly number[],
  basis: string,
  group?: Group,
): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    figure,
    value: round(quantile(sorted, 0.5)),
    unit,
    min: round(sorted[0] ?? Number.NaN),
    max: round(sorted.at(-1) ?? Number.NaN),
    n: values.length,
    basis,
    ...(group && { group }),
  };
}

/** The q-quantile of sorted values, interpolated. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** For people. @param former figures of another run: then each is shown against its own. */
export function printFigures(figures: readonly Figure[], former?: readonly Figure[]): void {
  const medians = new Map(former?.map(({ figure, value }) => [figure, value]));
  const rows = figures.map(({ figure, value, unit, min, max, n, basis }) => {
    const before = medians.get(figure);
    const change = before === undefined ? ['', ''] : [String(before), String(round(value / before))];
    return [
      figure,
      String(value),
      unit,
      String(min),
      String(max),
      String(n),
      ...(former ? change : []),
      basis,
    ];
  });
  const compared = former ? ['before', 'ratio'] : [];
  console.log(`\n${table(['figure', 'median', 'unit', 'min', 'max', 'n', ...compared, 'basis'], rows)}\n`);
}

/** For machines, as soon as they are known: a run that is broken off keeps what it has measured. */
export function printLines(figures: readonly Figure[]): void {
  for (const figure of figures) console.log(JSON.stringify(figure));
}

const figureLine = z.object({
  figure: z.string(),
  value: z.number(),
  unit: z.enum(units),
  min: z.number(),
  max: z.number(),
  n: z.int(),
  basis: z.string(),
  group: z.enum(groups).optional(),
});

/** What an earlier run has printed; of a figure that is there more than once, the last one. */
export function readFigures(printed: string): Figure[] {
  const lines = printed.split('\n').filter((line) => line.startsWith('{'));
  const found = lines.flatMap((line): Figure[] => {
    const { data } = figureLine.safeParse(parseJson(line));
    return data === undefined ? [] : [data];
  });
  return [...new Map(found.map((figure) => [figure.figure, figure])).values()];
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
