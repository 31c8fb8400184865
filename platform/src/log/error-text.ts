/**
 * Errors as the log shows them: an allowlist of what is known to be harmless and useful. Libraries hang whole requests
 * on their errors (S3's answer to a wrong signature quotes every signed header, tokens among them).
 */
import { z } from 'zod';

/** One error, with what caused it. */
export interface ErrorText {
  /** The class or the service's name for it: `Failure`, `NoSuchKey`. */
  readonly type: string;
  /** At most 2,000 characters. */
  readonly message: string;
  /** Ours, Node's or the network's: `DISK_FULL`, `ECONNREFUSED`. */
  readonly code?: string | undefined;
  /** HTTP status of an AWS answer. */
  readonly status?: number | undefined;
  /** Frames only, the innermost twenty. */
  readonly stack?: string | undefined;
  readonly cause?: ErrorText | undefined;
}

export const errorTextSchema: z.ZodType<ErrorText> = z.lazy(() =>
  z.strictObject({
    type: z.string(),
    message: z.string(),
    code: z.string().optional(),
    status: z.int().optional(),
    stack: z.string().optional(),
    cause: errorTextSchema.optional(),
  }),
);

const LONGEST_MESSAGE = 2_000;
const MOST_FRAMES = 20;
const DEEPEST_CAUSE = 4;

const shape = z
  .object({
    name: z.string(),
    message: z.string(),
    code: z.union([z.string(), z.number()]),
    stack: z.string(),
    cause: z.unknown(),
    errors: z.array(z.unknown()),
    $metadata: z.object({ httpStatusCode: z.number().optional() }),
  })
  .partial();

/** Their messages quote what was signed: headers, tokens among them. */
const quotesRequest =
  /^(SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|RequestTimeTooSkewed)/;

/** Whatever was thrown, as the log may show it. Of several errors at once the first is its cause. */
export function errorText(thrown: unknown, depth = 0): ErrorText {
  const { data } = shape.safeParse(thrown);
  if (data === undefined || typeof thrown !== 'object') {
    return { type: typeof thrown, message: withoutSecrets(String(thrown)) };
  }
  const type = data.name ?? 'Object';
  const cause = data.cause ?? data.errors?.[0];
  return {
    type,
    message: quotesRequest.test(type) ? '' : withoutSecrets(data.message ?? ''),
    code: data.code === undefined ? undefined : String(data.code),
    status: data.$metadata?.httpStatusCode,
    stack: framesOf(data.stack),
    cause: cause === undefined || depth === DEEPEST_CAUSE ? undefined : errorText(cause, depth + 1),
  };
}

/** Signatures of presigned URLs, and passwords in other URLs. */
export function withoutSecrets(text: string): string {
  return text
    .slice(0, LONGEST_MESSAGE)
    .replace(/(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"'<>]+/gi, '$1…')
    .replace(/(\w:\/\/)[^\s/@]*@/g, '$1…@');
}

/** Without the message, which a stack begins with: it may span lines, and is said already. */
function framesOf(stack: string | undefined): string | undefined {
  const frames = (stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  return frames.length === 0 ? undefined : frames.slice(0, MOST_FRAMES).join('\n');
}
