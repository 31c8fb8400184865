/** One file on the desk, with what is to become of it. */
import type { Conversion } from '../convert/conversion.ts';
import type { FileFacts } from '../convert/file-facts.ts';
import type { UploadState } from '../upload/upload-state.ts';

/** One conversion that the user asked for. Becomes a job as soon as the file is at the server. */
export interface Plan {
  /** Makes repeats of the same submission one job, also after a reload in between. */
  readonly key: string;
  readonly conversion: Conversion;
  readonly jobId?: string;
  /** Why the server takes it later only; it is being tried again. */
  readonly waiting?: string;
  /** Why it could not be submitted. */
  readonly problem?: { readonly code: string; readonly message: string };
}

/**
 * One file on the desk: its upload, its facts, and its conversions in the order in which they were asked for.
 */
export interface Card {
  readonly id: string;
  /** As it may be shown. */
  readonly name: string;
  readonly size: number;
  /** Epoch ms; 0 when the file was never in this browser. */
  readonly lastModified: number;
  readonly upload: UploadState;
  /** What the browser could find out by itself. */
  readonly facts?: FileFacts;
  readonly plans: readonly Plan[];
  /** Set while the file waits for the user to choose formats. */
  readonly staged: boolean;
  /** Set when the browser refused the file before sending: why, and whether the user may insist. */
  readonly refusal?: { readonly message: string; readonly mayInsist: boolean };
  /** Whether the browser can open the file again by itself after a reload. */
  readonly canReopen?: boolean;
}

/** Whether the history leads to what was uploaded. */
export function hasJobs({ plans }: Pick<Card, 'plans'>): boolean {
  return plans.some(({ jobId }) => jobId !== undefined);
}
