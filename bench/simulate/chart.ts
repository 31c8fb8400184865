/** A picture of a run, drawn as SVG by hand: two panels over the same time axis, several lines in each. */

interface Line {
  readonly name: string;
  /** CSS colour; the dash tells lines apart where colours do not. */
  readonly colour: string;
  readonly dash?: string;
  readonly points: readonly { readonly minute: number; readonly value: number }[];
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

export interface Chart {
  readonly title: string;
  readonly fromMinute: number;
  readonly untilMinute: number;
  /** A stretch of time that is shaded, with its name. */
  readonly shaded: { readonly fromMinute: number; readonly untilMinute: number; readonly name: string };
  readonly panels: readonly Panel[];
}

const WIDTH = 920;
const PANEL_HEIGHT = 230;
const GAP = 56;
const LEFT = 70;
const RIGHT = 20;
const TOP = 64;
const INK = '#24292f';
const GRID = '#d8dee4';

/** The whole file. Light background, axes with round ticks, a legend above. */
export function drawChart(chart: Chart): string {
  const height = TOP + chart.panels.length * (PANEL_HEIGHT + GAP) + 12;
  const x = (minute: number) =>
    LEFT + ((minute - chart.fromMinute) / (chart.untilMinute - chart.fromMinute)) * (WIDTH - LEFT - RIGHT);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="${INK}" role="img">`,
    `<title>${chart.title}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="24" font-size="16" font-weight="600">${chart.title}</text>`,
    legend(chart.panels[0]?.lines ?? []),
    ...chart.panels.map((panel, index) =>
      drawPanel(panel, chart, x, TOP + index * (PANEL_HEIGHT + GAP) + 14),
    ),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function legend(lines: readonly Line[]): string {
  let at = LEFT;
  return lines
    .map(({ name, colour, dash }) => {
      const entry = `<line x1="${at}" y1="44" x2="${at + 28}" y2="44" ${stroke(colour, dash)}/><text x="${at + 34}" y="48">${name}</text>`;
      at += 34 + name.length * 7.2 + 24;
      return entry;
    })
    .join('\n');
}

function drawPanel(panel: Panel, chart: Chart, x: (minute: number) => number, top: number): string {
  const bottom = top + PANEL_HEIGHT;
  const highest = Math.max(1, ...panel.lines.flatMap(({ points }) => points.map(({ value }) => value)));
  const step = roundStep(highest / 5);
  const ceiling = Math.ceil(highest / step) * step;
  const y = (value: number) => bottom - (value / ceiling) * PANEL_HEIGHT;
  const { shaded } = chart;
  const parts = [
    `<rect x="${fixed(x(shaded.fromMinute))}" y="${top}" width="${fixed(x(shaded.untilMinute) - x(shaded.fromMinute))}" height="${PANEL_HEIGHT}" fill="#fff4d6"/>`,
    `<text x="${fixed(x(shaded.fromMinute) + 5)}" y="${top + 16}" font-size="12" fill="#7a5b00">${shaded.name}</text>`,
    `<text x="${LEFT}" y="${top - 8}" font-weight="600">${panel.title}</text>`,
  ];
  for (let value = 0; value <= ceiling; value += step) {
    parts.push(
      `<line x1="${LEFT}" y1="${fixed(y(value))}" x2="${WIDTH - RIGHT}" y2="${fixed(y(value))}" stroke="${value === 0 ? INK : GRID}"/>`,
      `<text x="${LEFT - 8}" y="${fixed(y(value) + 4)}" text-anchor="end">${value.toLocaleString('en')}</text>`,
    );
  }
  for (let minute = chart.fromMinute; minute <= chart.untilMinute; minute += 10) {
    parts.push(
      `<line x1="${fixed(x(minute))}" y1="${bottom}" x2="${fixed(x(minute))}" y2="${bottom + 5}" stroke="${INK}"/>`,
      `<text x="${fixed(x(minute))}" y="${bottom + 19}" text-anchor="middle">${minute}</text>`,
    );
  }
  parts.push(
    `<text x="${WIDTH - RIGHT}" y="${bottom + 36}" text-anchor="end" font-size="12">minutes</text>`,
    ...panel.lines.map(({ points, colour, dash }) => {
      const inside = points.filter(({ minute }) => minute >= chart.fromMinute && minute <= chart.untilMinute);
      const path = inside.map(({ minute, value }) => `${fixed(x(minute))},${fixed(y(value))}`).join(' ');
      return `<polyline points="${path}" fill="none" ${stroke(colour, dash)}/>`;
    }),
  );
  return parts.join('\n');
}

function stroke(colour: string, dash: string | undefined): string {
  return `stroke="${colour}" stroke-width="2"${dash === undefined ? '' : ` stroke-dasharray="${dash}"`}`;
}

/** 1, 2 or 5 times a power of ten, at least the given step. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return Math.max(1, [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least) ?? power);
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
