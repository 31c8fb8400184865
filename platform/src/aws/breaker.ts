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
  /** Puts the breaker into a client made by `clients.ts`. */
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's own MiddlewareStack type is invariant in its generics
  attach(stack: MiddlewareStack<any, any>): void;
  shutdown(): void;
}

type Call = () => Promise<unknown>;

/** What opossum throws instead of calling. */
export function isOpenBreaker(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EOPENBREAKER';
}

/** True for errors that say nothing about the service's health: a caller's mistake or a caller's abort. */
export function isCallersFault(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const name = 'name' in error ? String(error.name) : '';
  if (name === 'AbortError') return true;
  // Client faults in name only: in truth the service is overloaded, and they count as failures.
  if (name === 'RequestTimeout' || ['busy', 'quota'].includes(kindOf(error))) return false;
  return '$fault' in error && error.$fault === 'client';
}

/**
 * Opens when half of at least 10 attempts within 10 s failed; probes again after 5 s.
 * opossum's own timeout stays off: it would leave the call running (opossum#861). The SDK's timeouts act.
 */
export function makeBreaker(service: AwsService, log: Log): Breaker {
  const breaker = new CircuitBreaker<[Call], unknown>((call) => call(), {
    timeout: false,
    volumeThreshold: 10,
    errorThresholdPercentage: 50,
    rollingCountTimeout: 10_000,
    resetTimeout: 5_000,
    errorFilter: isCallersFault,
  });
  breaker.on('open', () => log.say('breaker.opened', { aws: service }));
  breaker.on('halfOpen', () => log.say('breaker.probing', { aws: service }));
  breaker.on('close', () => log.say('breaker.closed', { aws: service }));
  return {
    service,
    state: () => (breaker.opened ? 'open' : breaker.halfOpen ? 'halfOpen' : 'closed'),
    attach: (stack) =>
      stack.addRelativeTo(
        // biome-ignore lint/suspicious/noExplicitAny: handler types are per command; the breaker passes them through
        (next: any) => (args: any) => breaker.fire(() => next(args)) as ReturnType<typeof next>,
        { name: 'circuitBreaker', relation: 'after', toMiddleware: 'retryMiddleware', override: true },
      ),
    shutdown: () => breaker.shutdown(),
  };
}
