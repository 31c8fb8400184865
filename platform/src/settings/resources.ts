/** Settings of how well a process and its machine have to be. */
import type { z } from 'zod';
import { type Expect, MIB, whole } from './kinds.ts';

/** By their environment names. */
export const resourceSettings = {
  /** Every process measures itself and its machine this often. */
  RESOURCE_SAMPLE_MS: whole(15_000, 100),
  /** On the disk of WORK_DIR. Below REFUSE workers receive nothing, and the API takes no upload and no job. */
  FREE_DISK_WARN_BYTES: whole(2 * 1024 * MIB, 0),
  FREE_DISK_REFUSE_BYTES: whole(512 * MIB, 0),
  /** Of the container, or else of the machine; as above. */
  FREE_MEMORY_WARN_BYTES: whole(96 * MIB, 0),
  FREE_MEMORY_REFUSE_BYTES: whole(48 * MIB, 0),
  /** How late the process's timers come (99th percentile between two samples); as above. */
  EVENT_LOOP_WARN_MS: whole(500, 1),
  EVENT_LOOP_REFUSE_MS: whole(2_000, 1),
  /** Of one core, by the process itself: FFmpeg is meant to use all it can get. */
  CPU_WARN_PERCENT: whole(90, 1, 1_000),
  /** Resident memory of the process itself. */
  RSS_WARN_BYTES: whole(512 * MIB, 1),
} as const;

type ResourceSettings = z.infer<z.ZodObject<typeof resourceSettings>>;

/** Rules between them. */
export function expectOfResources(config: ResourceSettings, expect: Expect): void {
  for (const name of ['FREE_DISK', 'FREE_MEMORY'] as const) {
    const [warn, refuse] = [config[`${name}_WARN_BYTES`], config[`${name}_REFUSE_BYTES`]];
    expect(
      refuse <= warn,
      `${name}_REFUSE_BYTES: expected at most ${name}_WARN_BYTES (${warn}), got ${refuse}`,
    );
  }
  expect(
    config.EVENT_LOOP_REFUSE_MS >= config.EVENT_LOOP_WARN_MS,
    `EVENT_LOOP_REFUSE_MS: expected at least EVENT_LOOP_WARN_MS (${config.EVENT_LOOP_WARN_MS}), got ${config.EVENT_LOOP_REFUSE_MS}`,
  );
}
