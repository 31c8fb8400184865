/** One picture of the ratios that a run has found: a bar for each median, a whisker from minimum to maximum. */
import type { Figure, Group } from './figures.ts';

const titles: Record<Group, string> = {
  time: 'Time of a job, in times of bare ffmpeg (transfers included; less is better)',
  work: 'Jobs per CPU second, in those of bare ffmpeg (more is better)',
  peers: 'Processor time per job, in that of the other loop (less is better)',
};
const LINE_AT = 1;
const WIDTH = 760;
const LEFT = 190;
const RIGHT = 70;
const ROW = 26;
const HEAD = 44;

/** Colours of the light theme, and of the dark one where the reader has chosen that. */
const style = `<style>
.paper{fill:#fff}.ink{fill:#1f2328}.quiet{fill:#59636e}.bar{fill:#4a7fc1}.whisker{stroke:#1f2328}.one{stroke:#c4432b}
@media (prefers-color-scheme: dark){.paper{fill:#0d1117}.ink{fill:#f0f6fc}.quiet{fill:#9198a1}.bar{fill:#3b6db3}.whisker{stroke:#f0f6fc}.one{stroke:#ff7b61}}
</style>`;

/**
 * The whole SVG file. Figures of no group are left out.
 * @throws Error when none is left.
 */
export function drawRatios(figures: readonly Figure[]): string {
  const groups = (Object.keys(titles) as Group[]).flatMap((group) => {
    const rows = figures.filter((figure) => figure.group === group);
    return rows.length === 0 ? [] : [{ title: titles[group], rows }];
  });
  if (groups.length === 0) throw new Error('there is no ratio to draw: see `group` in bench/figures.ts');
  let top = 8;
  const drawn = groups.map(({ title, rows }) => {
    const part = drawGroup(title, rows, top);
    top += HEAD + rows.length * ROW + 14;
    return part;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    '<title>Ratios of the bench: medians, from minimum to maximum</title>',
    style,
    `<rect class="paper" width="${WIDTH}" height="${top}"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawGroup(title: string, rows: readonly Figure[], top: number): string {
  const widest = Math.max(LINE_AT, ...rows.map(({ max }) => max));
  const x = (ratio: number) => LEFT + (ratio / widest) * (WIDTH - LEFT - RIGHT);
  const first = top + HEAD;
  const bottom = first + rows.length * ROW;
  return [
    `<text class="ink" x="16" y="${top + 18}" font-weight="600">${escaped(title)}</text>`,
    ...rows.map((row, index) => drawRow(row, first + index * ROW, x)),
    `<line class="one" x1="${fixed(x(LINE_AT))}" y1="${first - 6}" x2="${fixed(x(LINE_AT))}" y2="${bottom}" stroke-dasharray="4 3"/>`,
    `<text class="quiet" x="${fixed(x(LINE_AT))}" y="${first - 10}" font-size="11" text-anchor="middle">${LINE_AT}</text>`,
  ].join('\n');
}

function drawRow({ figure, value, min, max, n }: Figure, top: number, x: (ratio: number) => number): string {
  const middle = top + ROW / 2 - 2;
  const ends = [min, max].map((end) => fixed(x(end)));
  return [
    `<text class="ink" x="${LEFT - 10}" y="${middle + 4}" text-anchor="end">${escaped(figure)}</text>`,
    `<rect class="bar" x="${LEFT}" y="${top + 3}" width="${fixed(x(value) - LEFT)}" height="${ROW - 10}"/>`,
    `<path class="whisker" fill="none" stroke-width="1.5" d="M${ends[0]} ${middle}H${ends[1]}M${ends[0]} ${middle - 4}v8M${ends[1]} ${middle - 4}v8"/>`,
    `<text class="ink" x="${fixed(x(max) + 8)}" y="${middle + 4}">${value}<tspan class="quiet" font-size="11"> n=${n}</tspan></text>`,
  ].join('\n');
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const fixed = (value: number) => String(Math.round(value * 10) / 10);
