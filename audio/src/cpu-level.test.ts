/** Levels of CPUs by what Linux says of them. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { cpuLevel, levelOf } from './cpu-level.ts';

const v3 = 'fpu sse2 abm avx avx2 bmi1 bmi2 f16c fma movbe';

test.each([
  ['x86-64-v3', `processor\t: 0\nflags\t\t: ${v3}\nbugs\t\t: spectre_v1\n`],
  ['other', `flags\t\t: ${v3.replace('fma', 'fma4')}\n`],
  ['other', 'flags\t\t: fpu sse2 ssse3 sse4_1 sse4_2 popcnt\n'],
  ['other', 'Features\t: fp asimd evtstrm aes\n'],
  ['other', ''],
])('%s', (level, cpuinfo) => {
  expect(levelOf(cpuinfo)).toBe(level);
});

test('of this machine', async () => {
  expect(await cpuLevel()).toBe(levelOf(await readFile('/proc/cpuinfo', 'utf8')));
});
