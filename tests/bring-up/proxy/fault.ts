/** What can go wrong with a call, and with which calls it does. */
import type { Call, Service, Step } from './call.ts';

/** What becomes of one call. */
export type Effect =
  /** The connection is reset before anything of the request is read: nobody is there. */
  | { readonly kind: 'refuse' }
  /** The connection is reset in the middle of the request's body. S3 alone. */
  | { readonly kind: 'reset' }
  /** Taken and never answered; the service hears nothing of it. */
  | { readonly kind: 'hang' }
  /** Passed on after that time. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The service's own error, after the whole request was read; it has done nothing. */
  | { readonly kind: 'error'; readonly status: number; readonly code: string }
  /** The answer breaks off after so many bytes of its body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** One byte of the answer's body is another one. */
  | { readonly kind: 'flip' }
  /** Done, and the answer is lost with the connection. */
  | { readonly kind: 'lose-reply' }
  /** The connection is cut, and the call is done all the same, so much later: when its caller has tried again. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Waits, with the request not yet passed on or the answer not yet given. A caller that dies meanwhile ends it. */
  | { readonly kind: 'hold'; readonly when: 'before' | 'after'; readonly until: Promise<unknown> }
  /** Another answer comes back. JSON services alone. */
  | { readonly kind: 'answer'; readonly body: (answer: string) => string };

/** Calls that go wrong. */
export interface Fault {
  readonly hits: (call: Call) => boolean;
  readonly effect: Effect;
  /** So many calls at most. Default: all. */
  readonly times?: number;
  /** Only the first such call of each job. Default false. */
  readonly oncePerJob?: boolean;
  /** Of the calls that it could hit, that share. Default 1. */
  readonly share?: number;
}

/** A fault at work. */
export interface ActiveFault {
  /** The calls that it has hit, in order. */
  readonly struck: readonly Call[];
  /** Resolves with the nth call that it hits, counted from 1. */
  nth(count: number): Promise<Call>;
  /** From now on it hits nothing. What waits goes on waiting. */
  end(): void;
}

export const atStep =
  (step: Step, caller: RegExp = /./) =>
  (call: Call): boolean =>
    call.step === step && caller.test(call.caller);

export const toService =
  (...services: readonly Service[]) =>
  (call: Call): boolean =>
    services.includes(call.service);

/** Each service's own words for "not now". */
export const throttled: Readonly<Record<Service, Effect>> = {
  s3: { kind: 'error', status: 503, code: 'SlowDown' },
  sqs: { kind: 'error', status: 400, code: 'ThrottlingException' },
  dynamodb: { kind: 'error', status: 400, code: 'ProvisionedThroughputExceededException' },
  eventbridge: { kind: 'error', status: 400, code: 'ThrottlingException' },
};

/** Each service's own words for "my fault". */
export const failing: Readonly<Record<Service, Effect>> = {
  s3: { kind: 'error', status: 500, code: 'InternalError' },
  sqs: { kind: 'error', status: 500, code: 'InternalError' },
  dynamodb: { kind: 'error', status: 500, code: 'InternalServerError' },
  eventbridge: { kind: 'error', status: 500, code: 'InternalException' },
};
