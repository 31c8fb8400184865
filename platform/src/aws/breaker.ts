/**
 * One circuit breaker per AWS service, as an SDK middleware. It sits after the SDK's retry, so that it
 * counts attempts and opens three times sooner than it would around whole operations.
 */
import type { MiddlewareStack } from '@smithy/types';
import CircuitBreaker from 'opossum';
import type { Log } from '../log/log.ts';
import { kindOf } from '../trouble/kind-of.ts';
import type { AwsService } from './call-facts.ts';

export type BreakerState = 'closed' | 'halfOpen' | 'open';

export interface Breaker {
  readonly service: AwsService;
  state(): BreakerState;
  /** @param listener called whenever it opens. */
  onOpen(listener: () => void): void;
  /** Puts the breaker into a client made by `clients.ts`. */
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's own MiddlewareStack type is invariant in its generics
  attach(stack: MiddlewareStack<any, any>): void;
  shutdown(): void;
}

function isHangUp(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

type Call = () => Promise<unknown>;

/** What opossum throws instead of calling. */
export function isOpenBreaker(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EOPENBREAKER';
}

/**
 * True for errors that say nothing about the service's health: a caller's mistake, or a caller that hung up. A call that
 * was broken off by its own deadline (`AbortSignal.timeout`) says that the service did not answer in time.
 */
export function isCallersFault(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const name = 'name' in error ? String(error.name) : '';
  if (name === 'AbortError') return !isOverdue(error);
  // Client faults in name only: in truth the service is overloaded, and they count as failures.
  if (name === 'RequestTimeout' || ['busy', 'quota'].includes(kindOf(error))) return false;
  return '$fault' in error && error.$fault === 'client';
}

/** The SDK wraps the reason of an abort. */
function isOverdue(error: object): boolean {
  const reason: unknown = 'cause' in error ? error.cause : undefined;
  return reason instanceof Error && reason.name === 'TimeoutError';
}

/** Attempts within the window from which on their share of failures says something. */
const ENOUGH_ATTEMPTS = 10;
/**
 * Below that, so many failures in a row open a breaker, however slowly they come: a worker with two slots and timeouts
 * of seconds would else never get there. Of many attempts, five in a row are nothing but bad luck: at three throttled
 * ones in ten, once in some four hundred.
 */
const FAILURES_IN_A_ROW = 5;

/**
 * Opens when half of at least 10 attempts within 10 s failed, or 5 in a row of fewer; probes again after 5 s.
 * opossum's own timeout stays off: it would leave the call running (opossum#861). The SDK's timeouts act.
 */
export function makeBreaker(service: AwsService, log: Log): Breaker {
  const breaker: CircuitBreaker<[Call], unknown> = new CircuitBreaker<[Call], unknown>((call) => call(), {
    timeout: false,
    volumeThreshold: ENOUGH_ATTEMPTS,
    errorThresholdPercentage: 50,
    rollingCountTimeout: 10_000,
    resetTimeout: 5_000,
    // opossum knows no neutral end: while it probes, a caller that hung up must not pass for an answer.
    errorFilter: (error: unknown) => isCallersFault(error) && !(breaker.halfOpen && isHangUp(error)),
  });
  let inARow = 0;
  breaker.on('success', (answer: unknown) => {
    // opossum takes what the filter lets off for a success. A hang-up is no answer.
    if (!isHangUp(answer)) inARow = 0;
  });
  breaker.on('failure', () => {
    inARow += 1;
    if (inARow >= FAILURES_IN_A_ROW && breaker.stats.fires < ENOUGH_ATTEMPTS) breaker.open();
  });
  breaker.on('open', () => log.say('breaker.opened', { aws: service }));
  breaker.on('halfOpen', () => log.say('breaker.probing', { aws: service }));
  breaker.on('close', () => log.say('breaker.closed', { aws: service }));
  return {
    service,
    state: () => (breaker.opened ? 'open' : breaker.halfOpen ? 'halfOpen' : 'closed'),
    onOpen: (listener) => void breaker.on('open', listener),
    attach: (stack) =>
      stack.addRelativeTo(
        // biome-ignore lint/suspicious/noExplicitAny: handler types are per command; the breaker passes them through
        (next: any) => (args: any) => breaker.fire(() => next(args)) as ReturnType<typeof next>,
        { name: 'circuitBreaker', relation: 'after', toMiddleware: 'retryMiddleware', override: true },
      ),
    shutdown: () => breaker.shutdown(),
  };
}
