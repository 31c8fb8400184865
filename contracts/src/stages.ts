/**
 * The stages of a job, in the one table from which everything about them derives: the order, the percent, the phases
 * that people see, the names in `timings`, the word of the progress answer, the words on the page.
 * `worker/src/job/run-job.ts` runs them in this order.
 */
import { z } from 'zod';

/** What a worker does, in the words of the progress answer. */
export const shownStages = ['downloading', 'converting', 'uploading'] as const;

interface StageRow {
  /** Where the stage begins and ends on the 0–100 scale. Completed is exactly 100, and only the record says so. */
  readonly from: number;
  readonly to: number;
  /** 1 fetching the upload, 2 converting, 3 storing the result. */
  readonly phase: 1 | 2 | 3;
  /** The `stage` of the progress answer while it runs. */
  readonly shown: (typeof shownStages)[number];
  /** What the page says while it runs. */
  readonly text: string;
}

const table = {
  claim: { from: 0, to: 0, phase: 1, shown: 'downloading', text: 'A worker has taken the job' },
  download: { from: 0, to: 10, phase: 1, shown: 'downloading', text: 'The worker is fetching your file' },
  probe: { from: 10, to: 10, phase: 2, shown: 'converting', text: 'Examining the file' },
  convert: { from: 10, to: 90, phase: 2, shown: 'converting', text: 'Converting' },
  verify: { from: 90, to: 90, phase: 2, shown: 'converting', text: 'Checking the result' },
  upload: { from: 90, to: 99, phase: 3, shown: 'uploading', text: 'Storing the result' },
  complete: { from: 99, to: 99, phase: 3, shown: 'uploading', text: 'Finishing' },
  announce: { from: 99, to: 99, phase: 3, shown: 'uploading', text: 'Finishing' },
  preview: { from: 99, to: 99, phase: 3, shown: 'uploading', text: 'Finishing' },
} as const satisfies Record<string, StageRow>;

/** A stage's name, as progress reports and `timings` carry it. */
export type Stage = keyof typeof table;
/** 1 fetching the upload, 2 converting, 3 storing the result. */
export type Phase = StageRow['phase'];

/** The stages in their order. */
export const stages = Object.keys(table) as [Stage, ...Stage[]];
export const stageSchema = z.enum(stages);

/** The overall percent of a stage that is done by `fraction` (0..1, clamped), to one decimal. */
export function overallPercent(stage: Stage, fraction: number): number {
  const { from, to } = table[stage];
  const part = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
  return Math.round((from + (to - from) * part) * 10) / 10;
}

/** In which of the three phases it falls. */
export function phaseOf(stage: Stage): Phase {
  return table[stage].phase;
}

/** The `stage` of the progress answer while the stage runs. */
export function shownStage(stage: Stage): StageRow['shown'] {
  return table[stage].shown;
}

/** What the page says while the stage runs. */
export function stageText(stage: Stage): string {
  return table[stage].text;
}

/** Where a phase begins and ends on the 0–100 scale; the last one ends with the job itself. */
export function phaseRange(phase: Phase): readonly [from: number, to: number] {
  const rows = Object.values<StageRow>(table);
  const first = rows.find((row) => row.phase === phase);
  const next = rows.find((row) => row.phase > phase);
  return [first?.from ?? 0, next?.from ?? 100];
}
