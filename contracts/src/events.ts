/** What is announced on EventBridge. At least once: consumers drop repeats by `eventId`. */
import { z } from 'zod';
import { formatSchema } from './request.ts';
import { resources } from './resources.ts';
import { type TerminalStatus, terminalStatuses } from './states.ts';

export const eventSchema = z.object({
  /** `jobId:status`: the same for every delivery of the same outcome. */
  eventId: z.string(),
  jobId: z.uuid(),
  ownerId: z.string(),
  status: z.enum(terminalStatuses),
  /** When the job reached the status (ISO). */
  time: z.iso.datetime(),
  format: formatSchema,
  fileName: z.string(),
  outputKey: z.string().optional(),
  errorCode: z.string().optional(),
});
export type JobEvent = z.infer<typeof eventSchema>;

/** The `detail-type` under which an outcome is announced. */
export function detailTypeOf(status: TerminalStatus): string {
  return resources.events.detailTypes[status];
}
