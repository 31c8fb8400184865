/** What an error of the outside means to a user: the code of the error table that it stands for. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { refusedAction } from '../trouble/explain.ts';
import { kindOf } from '../trouble/kind-of.ts';
import { isCallersFault, isOpenBreaker } from './breaker.ts';

/**
 * The failure that an error of AWS, of the network or of the disk stands for; undefined when it is none of theirs, or
 * a refusal that only the caller can judge, such as an object that is not there.
 * @param unavailable the code for a service that does not answer.
 */
export function failureOf(
  error: unknown,
  unavailable: 'SERVICE_UNAVAILABLE' | 'STORAGE_UNAVAILABLE',
): Failure | undefined {
  if (error instanceof Failure) return error;
  switch (kindOf(error)) {
    case 'denied':
    case 'credentials':
      return new Failure('ACCESS_DENIED', { detail: guidanceOn(error), cause: error });
    case 'busy':
      return new Failure('THROTTLED', { cause: error });
    case 'quota':
      return new Failure('QUOTA_EXCEEDED', { cause: error });
    case 'disk':
      return new Failure('DISK_FULL', { cause: error });
    default:
      return isOutage(error) ? new Failure(unavailable, { cause: error }) : undefined;
  }
}

/** For users, so without accounts and ARNs: those are in the log, with the fix. */
function guidanceOn(error: unknown): Record<string, string> {
  const action = refusedAction(error);
  return {
    ...(action === undefined ? {} : { action }),
    guidance:
      'The operator of this service must allow it in the policy of its role; a policy of the bucket, of a key or of the organization can deny it too. The log of the service says on which resource, and npm run test:aws-connectivity checks everything.',
  };
}

/** A network that fails below the SDK: streamed requests throw that as it came. */
const networkCodes = new Set<unknown>([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * True when a service did not answer or its breaker is open. Other SDK errors carry `$metadata`; a refused call
 * that is our mistake (a missing table, say) is no outage.
 */
function isOutage(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (isOpenBreaker(error)) return true;
  if ('code' in error && networkCodes.has(error.code)) return true;
  if ('name' in error && error.name === 'TimeoutError') return true;
  return '$metadata' in error && !isCallersFault(error);
}
