/** What the bench says: a table for people and one JSON line per figure for machines. */

import { table } from '@wavefleet/localstack/demo/table.ts';
import { parseJson } from '@wavefleet/platform/parse-json.ts';
import { z } from 'zod';

export interface Figure {
  /** `area.case`, stable across versions. */
  readonly figure: string;
  /** The median. */
  readonly value: number;
  readonly unit: 'ratio' | 'ms' | 'CPU-ms' | 'MB' | '1/s' | 'units' | 'calls' | '$';
  readonly min: number;
  readonly max: number;
  readonly n: number;
  /** What it is a ratio of, or how it was measured. */
  readonly basis: string;
}

/** @param values one per round; the figure is their median. */
export function figureOf(
  figure: string,
  unit: Figure['unit'],
  values: readonly number[],
  basis: string,
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
  };
}

/** The q-quantile of sorted values, interpolated. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** @param former medians of another run, as {@link readFigures} finds them: then each is shown against its own. */
export function printFigures(figures: readonly Figure[], former?: ReadonlyMap<string, number>): void {
  const rows = figures.map(({ figure, value, unit, min, max, n, basis }) => {
    const before = former?.get(figure);
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
  for (const figure of figures) console.log(JSON.stringify(figure));
}

const figureLine = z.object({ figure: z.string(), value: z.number() });

/** The medians in what an earlier run has printed, by figure. */
export function readFigures(printed: string): ReadonlyMap<string, number> {
  const lines = printed.split('\n').filter((line) => line.startsWith('{'));
  return new Map(
    lines.flatMap((line) => {
      const { data } = figureLine.safeParse(parseJson(line));
      return data === undefined ? [] : [[data.figure, data.value] as const];
    }),
  );
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
