/** The one thing to do about a job that did not succeed. */
import type { JobView, RetryBody } from '@wavefleet/contracts/http.ts';
import { inWords } from '@wavefleet/contracts/in-words.ts';

/** What the button of a failed job does. */
export type NextStep =
  | { readonly kind: 'retry'; readonly label: string; readonly changes: RetryBody }
  /** Nothing can be done with this file: another one is needed. */
  | { readonly kind: 'newFile'; readonly label: string };

/** Codes where the server itself gave up, and another go is worth a click. */
const worthAnotherGo = ['WORKER_CRASHED', 'RESOURCE_LIMIT'];
/** Codes where the bytes are gone or replaced. */
const needsUpload = ['INPUT_MISSING', 'INPUT_CHANGED', 'UPLOAD_NOT_FOUND'];

/** Fixes the setting that caused it when the server knows one, retries where that can help, else asks for another file. */
export function nextStep({ status, error, fix }: Pick<JobView, 'status' | 'error' | 'fix'>): NextStep {
  if (fix !== undefined) return { kind: 'retry', label: fix.label, changes: fix.changes };
  const mayHelp =
    status === 'cancelled' || error === undefined || error.retryable || worthAnotherGo.includes(error.code);
  if (mayHelp)
    return { kind: 'retry', label: status === 'cancelled' ? 'Convert after all' : 'Try again', changes: {} };
  const isGone = error !== undefined && needsUpload.includes(error.code);
  return { kind: 'newFile', label: isGone ? 'Choose the file again' : 'Choose another file' };
}

/** Why a job failed, as a sentence. */
export function reasonOf({ error }: Pick<JobView, 'error'>): string {
  return error === undefined ? 'The conversion failed.' : inWords(error.message, error.detail);
}
