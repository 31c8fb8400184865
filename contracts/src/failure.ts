/** An error that is meant for users: a code of the table, and what may be shown beside it. */
import { type ErrorCode, errorCodes } from './error-codes.ts';

/** What a user may be shown next to the code: limits, field names, counts. Never secrets or raw stderr. */
export type FailureDetail = Record<string, unknown>;

/**
 * The only error that api and worker throw on purpose. The code decides status, sentence and
 * whether a retry can help (see `error-codes.ts`); `cause` is for the log only.
 */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly detail: FailureDetail | undefined;

  constructor(code: ErrorCode, options: { detail?: FailureDetail; cause?: unknown } = {}) {
    super(errorCodes[code].sentence, { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.detail = options.detail;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  /** Whether the same thing, unchanged, can succeed later. */
  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}
