/** Runs whose filters measure a source, or a result, and write what they find into files of the folder. */
import { decodeArgs } from '../args/encode-args.ts';
import { measureArgs, measurePcmArgs, measureResultArgs } from '../args/measure-args.ts';
import type { PcmShape } from '../args/pcm-shape.ts';
import { DECODER_THREADS, type RunSetting } from '../encode-options.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import { fromSamples, runInFolder } from '../run-in-folder.ts';
import type { FolderTools } from '../tools.ts';

/** What a source is measured with. */
export interface Measuring {
  readonly tools: FolderTools;
  readonly setting: RunSetting;
  /** As `encode` takes it. */
  readonly shape: PcmShape | undefined;
}

/**
 * Runs the source through the plan's cut and `filters`, whose last ones measure and write what they find into files.
 * @throws as `encode` does.
 */
export async function measure(
  { tools, setting, shape }: Measuring,
  plan: ConversionPlan,
  filters: readonly string[],
): Promise<void> {
  const { threads = DECODER_THREADS } = setting;
  const commands =
    shape === undefined
      ? { args: measureArgs(plan, tools.lists, { filters, threads }) }
      : fromSamples(
          plan,
          decodeArgs(plan, shape, tools.lists, threads),
          measurePcmArgs(plan, shape, filters),
        );
  await runInFolder(tools, { ...commands, input: undefined }, setting);
}

/** The same with a result of ours, `fileName` within the folder, in place of the source. */
export async function measureResult(
  tools: FolderTools,
  fileName: string,
  filters: readonly string[],
  options: RunSetting,
): Promise<void> {
  const args = measureResultArgs(fileName, tools.lists, filters);
  await runInFolder(tools, { args, source: fileName, input: undefined }, options);
}
