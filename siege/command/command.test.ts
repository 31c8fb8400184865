/** What a command is asked for, and what it prints. */
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { chosenOf, numberOf } from './command.ts';
import { verdictLine } from './verdict-line.ts';

const all = [{ id: 'A1' }, { id: 'A2' }, { id: 'B1' }];

test('all, or those that were named; a name that nobody has is said', () => {
  expect(chosenOf(all, [], 'class')).toEqual(all);
  expect(chosenOf(all, ['B1', 'A1'], 'class')).toEqual([{ id: 'A1' }, { id: 'B1' }]);
  expect(() => chosenOf(all, ['A1', 'C7'], 'class')).toThrow('no class named C7; --list shows them');
});

test('a number, its default, or what was given in place of one', () => {
  expect([numberOf('2.5', 'minutes', 5), numberOf(undefined, 'minutes', 5)]).toEqual([2.5, 5]);
  for (const given of ['soon', '', '0', '-1', 'Infinity'])
    expect(() => numberOf(given, 'minutes', 5)).toThrow(`--minutes is a number above 0, and not ${given}`);
});

test('a verdict is one line, and what fell short stands below it', () => {
  const verdict = { id: 'A1', what: 'it rains', figures: '1.0 s', seeAlso: 'logs: /there' };
  expect(verdictLine({ ...verdict, held: 'survived', shortfalls: [] }, 4)).toBe(
    'A1   survived   it rains (1.0 s)',
  );
  const shortfalls = Array.from({ length: 14 }, (_, index) => `reason ${index}`);
  expect(verdictLine({ ...verdict, held: 'held', shortfalls }, 4).split('\n')).toEqual([
    'A1   FELL SHORT it rains (1.0 s)',
    ...shortfalls.slice(0, 12).map((reason) => `       ${reason}`),
    '       and 2 more',
    '       logs: /there',
  ]);
});

test.each([
  ['answers that all held', 'async () => true', 0, ''],
  ['answers that something did not', 'async () => false', 1, ''],
  ['breaks off', 'async () => { setInterval(() => {}, 1e6); throw new Error("no") }', 1, 'storm: no'],
])('a command that %s', async (_, command, exitCode, stderr) => {
  const module = join(import.meta.dirname, 'command.ts');
  const code = `import { runCommand } from ${JSON.stringify(module)}; await runCommand('storm', ${command});`;
  const ended = await execa('node', ['--input-type=module', '-e', code], { reject: false, timeout: 60_000 });
  expect([ended.exitCode, ended.stderr]).toEqual([exitCode, stderr]);
});
