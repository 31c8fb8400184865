/** The one error of the client: whatever goes wrong between asking and having the answer. */
import { errorCodes, isErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { errorBodySchema } from '@wavefleet/contracts/http.ts';
import { inWords } from '@wavefleet/contracts/in-words.ts';

interface ProblemFacts {
  readonly status?: number;
  readonly retryable?: boolean;
  readonly requestId?: string | undefined;
  readonly detail?: Record<string, unknown> | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Something that went wrong in a way that can be told to a person: `message` is a plain sentence that says what to
 * do. `code` is one of the server's error codes, or one of our own: `NETWORK` (no answer, a broken line, or no answer
 * in time), `UNEXPECTED_ANSWER` (something else than this server answered, or another version of it),
 * `ADDRESS_EXPIRED` (the storage refused a part for now), `FILE_UNREADABLE` (what was to be sent was changed or removed), `STILL_ACTIVE` (a job did not end in the time given) and
 * `UNEXPECTED` (a fault of the calling program).
 */
export class Problem extends Error {
  readonly code: string;
  /** HTTP status, 0 when there was no answer. */
  readonly status: number;
  /** Whether the same request can succeed later. */
  readonly retryable: boolean;
  /** What to quote when asking the operator about it: the server's log has it too. */
  readonly requestId: string | undefined;
  /** Limits, field names and counts that belong to the code. */
  readonly detail: Record<string, unknown>;
  /** How long the server wants to be left alone, in ms; undefined when it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, facts: ProblemFacts = {}) {
    super(message, { cause: facts.cause });
    this.name = 'Problem';
    this.code = code;
    this.status = facts.status ?? 0;
    this.retryable = facts.retryable ?? false;
    this.requestId = facts.requestId;
    this.detail = facts.detail ?? {};
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** No answer came, or not all of it. */
export const noAnswer = (cause?: unknown): Problem =>
  new Problem('NETWORK', 'The server did not answer. Check your connection and try again.', {
    retryable: true,
    cause,
  });

/**
 * The server's error body as a problem; what a proxy in between made up, by its status alone.
 * @param retryAfter the header `Retry-After`; dates in it count as nothing.
 */
export function problemOf(status: number, body: unknown, retryAfter?: string | null): Problem {
  const retryAfterMs = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : undefined;
  const passes = status >= 500 || status === 429 || status === 408;
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) {
    const message = `The server answered with an error (${status}). Try again soon.`;
    return new Problem('UNEXPECTED_ANSWER', message, { status, retryable: passes, retryAfterMs });
  }
  const { code, message, requestId, detail } = parsed.data.error;
  // A newer server may know codes that this client does not.
  const retryable = isErrorCode(code) ? errorCodes[code].retryable : passes;
  return new Problem(code, inWords(message, detail), { status, retryable, requestId, detail, retryAfterMs });
}

/** Any thrown thing as a {@link Problem}, for those who show it. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(
    'UNEXPECTED',
    'Something went wrong here, not on the server. Start again, and report it if it happens again.',
    {
      cause: error,
    },
  );
}
