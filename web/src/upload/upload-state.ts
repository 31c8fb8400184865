/** What can be seen of one upload. */

/** Where it stands. */
export type UploadPhase =
  /** Not begun, or waiting for its turn. */
  | 'queued'
  | 'preparing'
  | 'sending'
  | 'paused'
  /** The line is down; it goes on by itself. */
  | 'waiting'
  /** Everything is sent; the server puts it together. */
  | 'finishing'
  /** Known from before a reload; the user has to choose the file again. */
  | 'needsFile'
  | 'done'
  | 'failed';

/** What keeps an upload from going on. */
export interface UploadProblem {
  readonly code: string;
  /** A sentence for the user. */
  readonly message: string;
  /** Set where the user may have no more for now, and can do something about it: the server is well. */
  readonly isLimit?: true;
}

/** An upload as it is shown. */
export interface UploadState {
  readonly phase: UploadPhase;
  /** Never falls while the upload lives. */
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** Set as soon as the server knows the file. */
  readonly fileId?: string;
  /** Why it waits or failed. */
  readonly problem?: UploadProblem;
}

/** Problems of the file itself: sending it once more changes nothing. */
const fileProblems = [
  'UNRECOGNISED_FORMAT',
  'FORMAT_NOT_ALLOWED',
  'UPLOAD_TOO_LARGE',
  'PLAN_UPLOAD_LIMIT',
  'EMPTY_FILE',
  'FILE_UNREADABLE',
];

/** Whether a failed upload is worth another try. */
export function mayTryAgain({ problem }: Pick<UploadState, 'problem'>): boolean {
  return problem === undefined || !fileProblems.includes(problem.code);
}

/** An upload of so many bytes, not begun. */
export const newUpload = (totalBytes: number): UploadState => ({
  phase: 'queued',
  sentBytes: 0,
  totalBytes,
  bytesPerSecond: null,
  secondsLeft: null,
});

/** Whether bytes are, or will be, on their way without the user doing anything. */
export function isMoving(phase: UploadPhase): boolean {
  return (
    phase === 'queued' ||
    phase === 'preparing' ||
    phase === 'sending' ||
    phase === 'waiting' ||
    phase === 'finishing'
  );
}
