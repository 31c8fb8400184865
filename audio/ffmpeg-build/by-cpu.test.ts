/** Two builds of one library, joined: real ones, of a few lines each. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cpuLevel } from '../src/cpu-level.ts';

const byCpu = join(import.meta.dirname, 'by-cpu.sh');
/** `tone.c` calls a function of `helper.c`, which others can see as well, but which nobody calls by itself. */
const sources = {
  'helper.c': 'const char *inner_name(void) { return BUILT; }',
  'tone.c': 'const char *inner_name(void); const char *tone_name(void) { return inner_name(); }',
  'main.c':
    '#include <stdio.h>\nconst char *tone_name(void); int main(void) { puts(tone_name()); return 0; }',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefleet-by-cpu-'));
  for (const [name, text] of Object.entries(sources)) await writeFile(join(folder, name), text);
  for (const build of ['plain', 'fast']) {
    await mkdir(join(folder, build));
    const objects = await Promise.all(
      ['helper', 'tone'].map(async (name) => {
        const object = join(folder, build, `${name}.o`);
        await execa('cc', ['-c', `-DBUILT="${build}"`, join(folder, `${name}.c`), '-o', object]);
        return object;
      }),
    );
    await execa('ar', ['rcs', join(folder, build, 'libtone.a'), ...objects]);
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** As build.sh asks. */
const canChoose = spawnSync('cc', ['-march=x86-64-v3', '-x', 'c', '-c', '-o', '/dev/null', '-'], {
  input: 'int main(void) { return __builtin_cpu_supports("x86-64-v3"); }',
});

test.runIf(canChoose.status === 0)(
  'a program calls those of its CPU, down to the last (x86-64 and GCC 12 alone)',
  async () => {
    await execa(byCpu, ['tone_', join(folder, 'plain'), join(folder, 'fast')], { env: { CFLAGS: '-O2' } });
    const program = join(folder, 'main');
    await execa('cc', [
      '-static',
      join(folder, 'main.c'),
      `-L${join(folder, 'plain')}`,
      '-ltone',
      '-o',
      program,
    ]);
    const { stdout } = await execa(program);
    expect(stdout).toBe((await cpuLevel()) === 'x86-64-v3' ? 'fast' : 'plain');
    const { stdout: symbols } = await execa('nm', ['--defined-only', program]);
    expect(symbols.match(/\S*(tone|inner)_name$/gm)?.sort()).toEqual([
      ...['choose_tone_name', 'fast_inner_name', 'fast_tone_name'],
      ...['plain_inner_name', 'plain_tone_name', 'tone_name'],
    ]);
  },
);
