/** What the processes of a rig have said in their logs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LineName } from '@wavefleet/platform/log/table.ts';
import { z } from 'zod';
import type { Rig } from '../rig/rig.ts';

const lineSchema = z.looseObject({
  time: z.iso.datetime().transform((time) => Date.parse(time)),
  event: z.string(),
});

/** The lines of that name that API and workers have written since then. @param sinceMs of the wall clock. */
export async function saidSince({ fleet }: Rig, event: LineName, sinceMs: number): Promise<string[]> {
  const names = ['api', ...fleet.workers.map(({ name }) => name)];
  const texts = await Promise.all(
    names.map((name) => readFile(join(fleet.logDir, `${name}.log`), 'utf8').catch(() => '')),
  );
  // By its name first: only a few of many lines are worth the parsing.
  const candidates = texts.flatMap((text) => text.split('\n')).filter((line) => line.includes(`"${event}"`));
  return candidates.filter((line) => {
    const said = lineSchema.safeParse(parsedOrNothing(line)).data;
    return said?.event === event && said.time >= sinceMs;
  });
}

function parsedOrNothing(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // the last line of a process that was killed
  }
}
