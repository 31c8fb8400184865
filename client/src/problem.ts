/**
 * Something that went wrong in a way that can be told to a person. `message` is a plain sentence that says what to
 * do; `code` is the API's, or one of the page's own: `NETWORK` (no answer) and `UNEXPECTED_ANSWER`.
 */
export class Problem extends Error {
  readonly code: string;
  /** HTTP status, 0 when there was no answer. */
  readonly status: number;
  /** Whether the same request can succeed later. */
  readonly retryable: boolean;
  readonly requestId: string | undefined;
  readonly detail: Record<string, unknown>;

  constructor(
    code: string,
    message: string,
    more: {
      status?: number;
      retryable?: boolean;
      requestId?: string | undefined;
      detail?: Record<string, unknown> | undefined;
    } = {},
  ) {
    super(message);
    this.name = 'Problem';
    this.code = code;
    this.status = more.status ?? 0;
    this.retryable = more.retryable ?? false;
    this.requestId = more.requestId;
    this.detail = more.detail ?? {};
  }
}

export const noAnswer = (): Problem =>
  new Problem('NETWORK', 'The server did not answer. Check your connection; we keep trying.', {
    retryable: true,
  });

/** Any thrown thing as a {@link Problem}. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('UNEXPECTED', 'Something went wrong in this page. Reload it and try again.');
}
