/**
 * The state machine of a job.
 *
 *     created ──claim──▶ processing ──▶ completed
 *        │                  │  ▲  │
 *        │                  └──┘  ├───▶ failed
 *        │            claim again └───▶ cancelled
 *        └──────────────────────────▶ cancelled, failed (no worker could ever take it)
 *
 * `completed`, `failed` and `cancelled` are terminal: they never change.
 */
import { z } from 'zod';

export const jobStatuses = ['created', 'processing', 'completed', 'failed', 'cancelled'] as const;
export const jobStatusSchema = z.enum(jobStatuses);
export type JobStatus = z.infer<typeof jobStatusSchema>;

export const terminalStatuses = ['completed', 'failed', 'cancelled'] as const;
export type TerminalStatus = (typeof terminalStatuses)[number];

const moves: Record<JobStatus, readonly JobStatus[]> = {
  created: ['processing', 'failed', 'cancelled'],
  processing: ['processing', 'completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
};

export function isTerminal(status: JobStatus): status is TerminalStatus {
  return moves[status].length === 0;
}

/** The states from which `to` may be reached: the condition that a store puts on the update. */
export function sourcesOf(to: JobStatus): JobStatus[] {
  return jobStatuses.filter((from) => moves[from].includes(to));
}
