/** Calls with the IAM action and the resource they need, so that a refusal can name what is missing. */
import type { Subject } from '@wavefleet/platform/trouble/subject.ts';
import { z } from 'zod';

/** A call that failed, with what it was about. `cause` is the library's error. */
export class CallProblem extends Error {
  readonly subject: Subject;
  /** False: the call only describes, and the fleet does without it. */
  readonly needed: boolean;

  constructor(cause: unknown, subject: Subject, needed: boolean) {
    super(`${subject.action} failed`, { cause });
    this.name = 'CallProblem';
    this.subject = subject;
    this.needed = needed;
  }
}

/** A call that the fleet makes itself. @throws CallProblem */
export async function need<T>(subject: Subject, call: () => Promise<T>): Promise<T> {
  return await call().catch((cause: unknown) => {
    throw new CallProblem(cause, subject, true);
  });
}

/** A call that only describes: without the permission there is less to see, and nothing is broken. @throws CallProblem */
export async function look<T>(subject: Subject, call: () => Promise<T>): Promise<T> {
  return await call().catch((cause: unknown) => {
    throw new CallProblem(cause, subject, false);
  });
}

/**
 * A call that the fleet makes itself, made so that it must be refused for another reason than permission: nothing
 * is changed, and a missing permission shows all the same, as long as the service asks who may before it looks at
 * the values. AWS does not document that order call by call: no refusal here is strong evidence, not proof.
 * @param expected names of the refusals that prove it. An unexpected success passes too.
 * @throws CallProblem for every other error.
 */
export async function provesPermission(
  subject: Subject,
  expected: readonly string[],
  call: () => Promise<unknown>,
): Promise<void> {
  try {
    await call();
  } catch (cause) {
    if (!expected.includes(codeOf(cause))) throw new CallProblem(cause, subject, true);
  }
}

const named = z.object({ name: z.string() });

/** SQS' older protocol prefixes its codes, newer answers do not. */
function codeOf(error: unknown): string {
  const { data } = named.safeParse(error);
  return data?.name.replace(/^AWS\.SimpleQueueService\./, '') ?? '';
}

/** Whether a description says "nothing is set" by an error of one of these names. @throws anything else. */
export async function orNothing<T>(
  missing: readonly string[],
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    const cause = error instanceof CallProblem ? error.cause : error;
    if (missing.includes(codeOf(cause))) return undefined;
    throw error;
  }
}
