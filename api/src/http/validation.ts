/**
 * From zod's issues to the codes of the error table. A wrong type or an unknown field is a mistake in the
 * client's code (400); a value of the right type that no conversion can have is a refusal (422).
 */
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** One field that has to be corrected. */
interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/**
 * Fields of a conversion with the types that a value may have before it can be right or wrong. What lies within one is
 * the value's affair.
 */
const valueTypes: Readonly<
  Record<string, { readonly type: string | readonly string[]; readonly code: ErrorCode }>
> = {
  format: { type: 'string', code: 'UNSUPPORTED_OUTPUT_FORMAT' },
  quality: { type: 'string', code: 'INVALID_OPTION' },
  'options.sampleRate': { type: 'number', code: 'INVALID_OPTION' },
  'options.channels': { type: 'number', code: 'INVALID_OPTION' },
  'options.bitDepth': { type: 'number', code: 'INVALID_OPTION' },
  'options.trimStart': { type: 'number', code: 'INVALID_OPTION' },
  'options.trimEnd': { type: 'number', code: 'INVALID_OPTION' },
  'options.removeTags': { type: 'object', code: 'INVALID_OPTION' },
  'options.setCover': { type: 'string', code: 'INVALID_OPTION' },
  'options.setTags': { type: 'object', code: 'INVALID_OPTION' },
  'options.track': { type: ['number', 'string'], code: 'INVALID_OPTION' },
  'options.timeline': { type: 'string', code: 'INVALID_OPTION' },
  'options.pipeline': { type: 'string', code: 'INVALID_OPTION' },
  'options.loudness.mode': { type: 'string', code: 'INVALID_OPTION' },
  'options.loudness.target': { type: 'number', code: 'INVALID_OPTION' },
  'options.loudness.truePeak': { type: 'number', code: 'INVALID_OPTION' },
  'options.fadeIn': { type: 'number', code: 'INVALID_OPTION' },
  'options.fadeOut': { type: 'number', code: 'INVALID_OPTION' },
  'options.silence': { type: 'string', code: 'INVALID_OPTION' },
  'options.silenceThreshold': { type: 'number', code: 'INVALID_OPTION' },
  'options.speed': { type: 'number', code: 'INVALID_OPTION' },
  jobId: { type: 'string', code: 'INVALID_ID' },
  fileId: { type: 'string', code: 'INVALID_ID' },
  keyId: { type: 'string', code: 'INVALID_ID' },
  shareId: { type: 'string', code: 'INVALID_ID' },
  webhookId: { type: 'string', code: 'INVALID_ID' },
  deliveryId: { type: 'string', code: 'INVALID_ID' },
  presetName: { type: 'string', code: 'INVALID_ID' },
  'idempotency-key': { type: 'string', code: 'INVALID_IDEMPOTENCY_KEY' },
};

/** Before a field of a conversion that is one of several in a body. */
const WITHIN_A_LIST = /^presets\.\d+\./;

/** When several fields are wrong, the first of these codes that applies is the answer's. */
const precedence: readonly ErrorCode[] = [
  'VALIDATION_ERROR',
  'INVALID_ID',
  'INVALID_IDEMPOTENCY_KEY',
  'UNSUPPORTED_OUTPUT_FORMAT',
  'INVALID_OPTION',
];

/** The Failure for a set of issues, all its fields named. @param input what was validated: issues do not carry values. */
export function failureOf(issues: readonly Issue[], input: unknown): Failure {
  const codes = new Set(issues.map((issue) => codeOf(issue, input)));
  const code = precedence.find((candidate) => codes.has(candidate)) ?? 'VALIDATION_ERROR';
  return new Failure(code, { detail: { fields: issues.flatMap((issue) => fieldsOf(issue, input)) } });
}

/** What the validator of a router hands over. `data`, which it validated, is missing in its own type. */
type Validated = { success: true } | { success: false; error: { issues: Issue[] }; data?: unknown };

/**
 * The hook of every router: a route never sees what its schema refused.
 * @throws Failure as `failureOf` says.
 */
export function rejectInvalid(result: Validated): undefined {
  if (!result.success) throw failureOf(result.error.issues, result.data);
}

function codeOf(issue: Issue, input: unknown): ErrorCode {
  if (issue.code === 'unrecognized_keys') return 'VALIDATION_ERROR';
  for (let length = issue.path.length; length > 0; length -= 1) {
    const path = issue.path.slice(0, length);
    const name = path.join('.').replace(WITHIN_A_LIST, '');
    const known = Object.hasOwn(valueTypes, name) ? valueTypes[name] : undefined;
    // A rule about several fields looks at values whose types are right, also where one of them is missing.
    if (known !== undefined && issue.code === 'custom') return known.code;
    if (known !== undefined)
      return [known.type].flat().includes(typeof valueAt(input, path)) ? known.code : 'VALIDATION_ERROR';
  }
  return 'VALIDATION_ERROR';
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? Reflect.get(value, key)
        : undefined,
    input,
  );
}

/** At most this many fields are named, and this much of each name: both come from the request. */
const MAX_FIELDS = 20;
const MAX_NAME_LENGTH = 100;

function fieldsOf(issue: Issue, input: unknown): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MAX_FIELDS).map((key) => ({
      field: [...issue.path, key].join('.').slice(0, MAX_NAME_LENGTH),
      message: 'There is no such field.',
    }));
  }
  const field = issue.path.join('.').slice(0, MAX_NAME_LENGTH) || 'body';
  return [{ field, message: messageOf(issue, valueAt(input, issue.path)) }];
}

/** What zod says where a schema has no words of its own, before what was expected. */
const ZODS_OWN = /^(Invalid \w+|Too small|Too big)(: |$)/;

function messageOf(issue: Issue, value: unknown): string {
  const own = ZODS_OWN.test(issue.message);
  if (own && value === undefined && issue.path.length > 0) return 'is missing';
  if (own && issue.code === 'invalid_union') return unionMessage(issue);
  const { message } = (issue.code === 'invalid_key' ? issue.issues[0] : undefined) ?? issue;
  return message.replace(ZODS_OWN, '') || message;
}

/** What each branch of a union expected, without repetition. */
function unionMessage(issue: z.core.$ZodIssueInvalidUnion): string {
  const messages = new Set(issue.errors.flat().map((inner) => inner.message.replace(ZODS_OWN, '')));
  return messages.size === 0 ? issue.message : [...messages].join('; ');
}
