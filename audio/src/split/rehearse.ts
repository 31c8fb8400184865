/** Encodes parts of a result to see where its segments can meet; what is made is looked at, and removed. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openOwnFile } from '../own-files.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import type { FolderTools } from '../tools.ts';
import { CannotJoin } from './join.ts';
import type { Rehearse } from './rehearsal.ts';
import { runSegment, type SegmentSetting } from './run-segment.ts';

/** One that runs FFmpeg in the folder. It throws as `runFfmpeg` does, CannotJoin, and what `read` throws. */
export function rehearser(tools: FolderTools, plan: ConversionPlan, setting: SegmentSetting): Rehearse {
  const { files } = setting.setting;
  let count = 0;
  return async (startSample, endSample, read) => {
    const name = `rehearsal-${count}`;
    count += 1;
    const file = `${name}.${files.result}`;
    const segment = {
      startSample,
      endSample,
      noiseSamples: 0,
      file,
      levels: `${name}.${files.levels}`,
      isDressed: false,
      isLast: false,
    };
    try {
      await runSegment(tools, plan, { ...setting, segment }, () => undefined);
      const opened = await openOwnFile(join(tools.cwd, file));
      if (opened === undefined) throw new CannotJoin('a rehearsal is missing');
      return await read(opened).finally(() => opened.close());
    } finally {
      await rm(join(tools.cwd, file), { force: true });
    }
  };
}
