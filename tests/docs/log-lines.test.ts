/**
 * What is written from the table of log lines: the page for operators and the metrics for Terraform. After a change of
 * the table: `npx vitest run --project unit tests/docs/log-lines.test.ts -u`.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lines } from '@wavefleet/platform/log/table.ts';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

interface Row {
  readonly level: string;
  readonly criterion: string;
  readonly message: string;
  readonly fields: object;
  readonly metric?: { readonly name: string; readonly unit: string; readonly field?: string };
}
const rows: [string, Row][] = Object.entries(lines);

test('every line of the table is said somewhere', () => {
  const code = ['api', 'worker', 'audio', 'platform'].flatMap((room) =>
    globSync(join(root, room, 'src', '**', '*.ts'))
      .filter((file) => !/\.(test|testing)\.ts$/.test(file) && !file.includes(join('log', 'rows')))
      .map((file) => readFileSync(file, 'utf8')),
  );
  const silent = rows
    .map(([name]) => name)
    .filter((name) => !code.some((text) => text.includes(`'${name}'`)));
  expect(silent).toEqual([]);
});

test('docs/log-lines.md lists every line', async () => {
  const table = rows.map(([name, { level, message, fields, criterion, metric }]) => {
    const names = Object.keys(fields).map((field) => `\`${field}\``);
    const measured =
      metric === undefined ? '' : `${metric.name}${metric.field ? ` (\`${metric.field}\`)` : ''}`;
    return `| \`${name}\` | ${level} | ${message} | ${names.join(' ')} | ${criterion} | ${measured} |`;
  });
  const page = [
    '# Every line of the log',
    '',
    'Made from `platform/src/log/table.ts`; [logging.md](logging.md) says how to read it. The last but one column is the',
    'criterion that asks for the line, the last one the metric that `terraform/log-metrics.tf` makes of it.',
    '',
    '| `event` | `level` | `msg` | fields | for | metric |',
    '|---|---|---|---|---|---|',
    ...table,
    '',
  ];
  await expect(page.join('\n')).toMatchFileSnapshot(join(root, 'docs', 'log-lines.md'));
});

test('terraform/log-metrics.json lists every metric, each with the lines that feed it', async () => {
  const metrics = rows.flatMap(([event, { metric }]) =>
    metric === undefined
      ? []
      : [{ event, name: metric.name, unit: metric.unit, value: metric.field ? `$.${metric.field}` : '1' }],
  );
  const units = new Map(metrics.map(({ name, unit }) => [name, unit]));
  for (const { name, unit } of metrics) expect(units.get(name)).toBe(unit);
  const text = `${JSON.stringify(metrics, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(root, 'terraform', 'log-metrics.json'));
});
