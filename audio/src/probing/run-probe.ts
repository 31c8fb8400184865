/** One run of ffprobe over the source. */
import { type ChildEnd, runChild } from '../process/child.ts';
import type { FolderTools } from '../tools.ts';

/** Wall seconds. Real files take 0.1; on a machine that does ten other things a hostile one gets this much. */
const PROBE_SECONDS = 20;
/** Processor seconds: who has used these up is the file and no machine, and it is not tried again. */
const PROBE_CPU_SECONDS = 8;
/** A source with more text in its tags than this is probed again without them. */
const MAX_JSON_BYTES = 8 * 1024 * 1024;

/** Runs it with `args` of `probe-args.ts`, whose answer is on `stdout`. */
export function runProbe(tools: FolderTools, args: string[]): Promise<ChildEnd> {
  return runChild(tools, {
    binary: tools.ffprobe,
    args,
    limits: { memoryBytes: 2e9, fileBytes: 0, cpuSeconds: PROBE_CPU_SECONDS },
    totalSeconds: PROBE_SECONDS,
    stdoutBytes: MAX_JSON_BYTES,
  });
}
