/** What the program loads before it has anything to do: memory that each process of a fleet has for ever. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

/** Everything that Node has loaded when the program finds that it has no settings. */
function loadedAs(role: 'worker' | 'notifier'): string[] {
  const tally = `
    import { registerHooks } from 'node:module';
    const files = [];
    registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
    process.on('exit', () => console.log(JSON.stringify([...files, ...process.moduleLoadList])));`;
  const hook = `data:text/javascript,${encodeURIComponent(tally)}`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', hook, join(import.meta.dirname, 'main.ts')],
    {
      env: { PATH: process.env.PATH, WORKER_ROLE: role },
      encoding: 'utf8',
      maxBuffer: 16 * 1024 ** 2,
    },
  );
  expect(stderr).toContain('The settings are not valid');
  return z.array(z.string()).parse(JSON.parse(stdout));
}
const of = (loaded: readonly string[], part: string) => loaded.filter((each) => each.includes(part));

test.each([
  ['worker', 'worker/src/job/', 'worker/src/notifier/'],
  ['notifier', 'worker/src/notifier/', 'worker/src/job/run-job'],
] as const)(
  'as %s it loads that role, and not the other one, undici or a library of hashes',
  (role, own, other) => {
    const loaded = loadedAs(role);
    expect(of(loaded, own)).not.toEqual([]);
    expect(of(loaded, other)).toEqual([]);
    expect(of(loaded, 'undici/undici')).toEqual([]);
    expect(of(loaded, 'hash-wasm')).toEqual([]);
  },
);
