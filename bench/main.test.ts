/** The command: what it draws of stored figures, and what it refuses before anything is measured. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { figureOf } from './figures.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-bench-test-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const bench = (...args: string[]) =>
  execa(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], { reject: false });

test('what earlier runs have printed is drawn and compared, and nothing is measured', async () => {
  const [now, before, chart] = ['now.txt', 'before.txt', 'chart.svg'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const line = (...values: number[]) =>
    `${JSON.stringify(figureOf('long.mp3', 'ratio', values, 'of bare', 'time'))}\n`;
  await writeFile(now, `bench long…\n${line(0.5, 0.6, 0.7)}bench: 1 figures from long\n`);
  await writeFile(before, line(1.2));
  const { stdout, exitCode } = await bench('--from', now, '--compare', before, '--chart', chart);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/long\.mp3 +0\.6 +ratio +0\.5 +0\.7 +3 +1\.2 +0\.5/);
  expect(stdout).not.toContain('bench long');
  expect(await readFile(chart, 'utf8')).toContain('>long.mp3</text>');
});

test.each([
  [['nothing'], 'no bench named nothing; there are long, '],
  [['long:mp5'], 'long has no part mp5; there are mp3, m4a, '],
  [['--rounds', '0', 'long'], '--rounds is 0, expected a whole number'],
  [['--write', 'long'], '--write is of peers and speed: name one of them'],
  [['--from', import.meta.filename, 'long'], '--from measures nothing'],
])('%j is refused', async (args, why) => {
  const { stderr, exitCode } = await bench(...args);
  expect(stderr).toContain(why);
  expect(exitCode).toBe(1);
});
