/** The fleet's programs as the images have them, for who measures or tests just that. */
import { join } from 'node:path';
import { execa } from 'execa';
import type { FleetOptions } from './fleet.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Makes them anew, as images do, in a second or two. Answers with what a fleet is started with to run them. */
export async function bundledEntries(): Promise<Required<NonNullable<FleetOptions['entries']>>> {
  await execa('npm', ['run', '--silent', 'bundle'], { cwd: ROOT });
  const worker = join(ROOT, 'dist', 'worker', 'main.mjs');
  return { api: join(ROOT, 'dist', 'api', 'main.mjs'), worker, notifier: worker };
}
